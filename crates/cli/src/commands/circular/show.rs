//! Answers of `circular` as tables.

use anyhow::Result;
use greenheart_app::circular::{
    BoardLine, IndicatorsView, LimitState, NetworkView, SplitView, StreamLine, SuggestionLine, TodayFlow,
    in_one_language, word_of,
};
use greenheart_units::{Amount, Rounding};

use crate::commands::Here;
use crate::format;
use crate::language::Tongue;
use crate::output::{Output, Table};

/// Reasons shown for a suggestion.
const REASONS: usize = 3;

/// The words of a stream, in the reader's language where they are a name of ours.
fn called(here: &Here<'_>, text: &str) -> String {
    in_one_language(text, here.language.tongue == Tongue::Nb).to_owned()
}

pub fn streams(here: &Here<'_>, lines: &[StreamLine]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "stream",
            "name",
            "direction",
            "circular-what",
            "waste-code",
            ">yearly",
            "standing",
            "visibility",
        ],
    );
    for line in lines {
        table.row([
            line.id.clone().unwrap_or_default(),
            line.member_name
                .clone()
                .unwrap_or_else(|| here.text("circular-somebody")),
            here.text(&format!("direction-{}", word_of(&line.direction))),
            if line.text.is_empty() {
                here.text(&format!("stream-{}", word_of(&line.kind)))
            } else {
                called(here, &line.text)
            },
            match &line.chapter {
                Some(chapter) if line.waste_code.is_none() => chapter.clone(),
                _ => code(line.waste_code),
            },
            match (line.yearly, &line.unit) {
                (Some(yearly), Some(unit)) => format::readable(yearly, unit, here.language),
                _ => here.text(&format!("band-{}", word_of(&line.band))),
            },
            line.standing
                .map(|standing| here.text(&format!("standing-{}", word_of(&standing))))
                .unwrap_or_default(),
            line.visibility
                .map(|visibility| {
                    here.text(&format!(
                        "visibility-{}",
                        crate::commands::setup::visibility_name(visibility)
                    ))
                })
                .unwrap_or_default(),
        ]);
    }
    table
}

fn code(code: Option<greenheart_model::WasteCode>) -> String {
    code.map(|code| code.to_string()).unwrap_or_default()
}

pub fn suggestions(here: &Here<'_>, lines: &[SuggestionLine]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "stream",
            "circular-what",
            "giver",
            "taker",
            ">score",
            "reasons",
            ">km",
            "limits",
            "law",
            "resembles",
        ],
    );
    for line in lines {
        table.row([
            line.offer.clone().unwrap_or_default(),
            called(here, &line.offer_text),
            line.giver_name
                .clone()
                .unwrap_or_else(|| here.text("circular-somebody")),
            line.taker_name.clone(),
            format!("{:.2}", line.score),
            reasons(here, line),
            line.distance_km.map(|km| format!("{km:.0}")).unwrap_or_default(),
            limits(here, line),
            law(here, line),
            line.resembles
                .as_ref()
                .map(|(name, ..)| name.clone())
                .unwrap_or_default(),
        ]);
    }
    table
}

fn reasons(here: &Here<'_>, line: &SuggestionLine) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(line.want.as_ref().map(|_| here.text("reason-want")));
    let adding = line.reasons.iter().filter(|(_, adds)| *adds > 0.0).take(REASONS);
    words.extend(adding.map(|(reason, _)| here.text(&format!("reason-{}", word_of(reason)))));
    words.extend(line.already.then(|| here.text("reason-already")));
    words.extend(line.inferred.then(|| here.text("standing-inferred")));
    words.join(", ")
}

fn limits(here: &Here<'_>, line: &SuggestionLine) -> String {
    let shown = line.limits.iter().map(|limit| {
        let state = here.text(&format!("limit-{}", word_of(&limit.state)));
        match limit.state {
            LimitState::Pass => format!("{} {state}", limit.property),
            LimitState::Fail | LimitState::Unknown => format!("{} {state} ({})", limit.property, limit.detail),
        }
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn law(here: &Here<'_>, line: &SuggestionLine) -> String {
    if !line.gate.applies {
        return here.text("law-not-waste");
    }
    let mut words = vec![here.text("law-waste-until-shown")];
    words.extend(
        line.gate
            .flags
            .iter()
            .map(|flag| here.text(&format!("flag-{}", word_of(flag)))),
    );
    words.join(", ")
}

pub fn today(here: &Here<'_>, flows: &[TodayFlow]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "giver",
            "circular-what",
            "waste-code",
            "receiver",
            "treatment",
            ">yearly",
            ">nok",
            ">year",
        ],
    );
    for flow in flows {
        table.row([
            flow.giver_name.clone(),
            called(here, &flow.text),
            code(flow.waste_code),
            flow.receiver.as_ref().map(ToString::to_string).unwrap_or_default(),
            here.text(&format!("treatment-{}", flow.treatment)),
            format::readable(flow.kg, "kg", here.language),
            flow.nok
                .map(|nok| format::number(nok, 0, here.language))
                .unwrap_or_default(),
            flow.year.map(|year| year.to_string()).unwrap_or_default(),
        ]);
    }
    table
}

pub fn network(here: &Here<'_>, view: &NetworkView) -> Result<Output> {
    let number = |amount: Amount, decimals| format::number(amount, decimals, here.language);
    let mut lanes = Table::new(
        here.text("network-lanes"),
        &[
            "giver",
            "circular-what",
            "taker",
            "replaces",
            ">tonnes",
            ">km",
            ">net-nok",
            ">saved-co2e",
            ">missed-nok",
        ],
    );
    for lane in &view.lanes {
        lanes.row([
            lane.giver_name.clone(),
            called(here, &lane.offer_text),
            lane.taker_name.clone(),
            called(here, &lane.want_text),
            super::plants::with_unit(here, lane.tonnes, &lane.unit),
            number(lane.km, 0),
            number(lane.net_value_nok, 0),
            format::readable(lane.co2e_saved_kg, "kgCO2e", here.language),
            lane.missed_nok.map(|nok| number(nok, 0)).unwrap_or_default(),
        ]);
    }
    let mut points = Table::new(
        here.text("network-points"),
        &[
            ">tonnes",
            ">exchanges",
            ">net-nok",
            ">saved-co2e",
            ">primary-t",
            ">gap",
            "proven",
        ],
    );
    for point in &view.points {
        points.row([
            number(point.tonnes, 1),
            point.exchanges.to_string(),
            number(point.net_value_nok, 0),
            format::readable(point.co2e_saved_kg, "kgCO2e", here.language),
            number(point.primary_t, 1),
            format::percent(point.gap, here.language),
            here.text(if point.proven { "yes" } else { "no" }),
        ]);
    }
    let mut assumptions = Table::new(
        here.text("network-assumptions"),
        &["assumption", ">value", "unit", "source"],
    );
    for one in &view.assumptions {
        assumptions.row([
            here.text(&format!("assumption-{}", one.name)),
            one.value.clone(),
            one.unit.clone(),
            if one.source == "stated" {
                here.text("assumption-stated")
            } else {
                one.source.clone()
            },
        ]);
    }
    let mut left = Table::new(
        here.text("network-left-out"),
        &["stream", "circular-what", "reason", "detail"],
    );
    for one in &view.left_out {
        left.row([
            one.stream.clone(),
            one.text.clone(),
            here.text(&format!("left-{}", one.reason)),
            one.detail.clone(),
        ]);
    }
    let mut output = Output::of(view)?.table(lanes).table(points);
    for table in super::plants::of_network(here, view) {
        output = output.table(table);
    }
    Ok(output.table(assumptions).table(left).note(here.text("network-about")))
}

pub fn split(here: &Here<'_>, view: &SplitView) -> Result<Output> {
    let nok = |amount: Amount| format::number(amount, 0, here.language);
    let mut output = Output::of(view)?;
    for group in &view.groups {
        let mut table = Table::new(
            here.with("split-group", &[("nok", &nok(group.total_nok))]),
            &["name", ">alone", ">shapley", ">nucleolus"],
        );
        for share in &group.shares {
            let interval = if share.shapley_half_width_nok.is_zero() {
                String::new()
            } else {
                format!(" ± {}", nok(share.shapley_half_width_nok))
            };
            table.row([
                share.name.clone(),
                nok(share.alone_nok),
                format!("{}{interval}", nok(share.shapley_nok)),
                share.nucleolus_nok.map(nok).unwrap_or_default(),
            ]);
        }
        output = output.table(table);
        output = match group.stable {
            Some(true) => output.note(here.text("split-stable")),
            Some(false) => {
                let claims: Vec<String> = group.conflict.iter().map(|names| names.join(" + ")).collect();
                output.note(here.with(
                    "split-unstable",
                    &[("nok", &nok(group.least_short_nok)), ("claims", &claims.join("; "))],
                ))
            }
            None => output.note(here.text("split-open")),
        };
        for (names, short) in &group.leavers {
            output = output.note(here.with("split-leaver", &[("names", &names.join(" + ")), ("nok", &nok(*short))]));
        }
    }
    Ok(output)
}

pub fn board(here: &Here<'_>, lines: &[BoardLine]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "exchange",
            "circular-what",
            "giver",
            "taker",
            "stage",
            "owner",
            "next-step",
            "alarm",
            ">promised-t",
            ">realised-t",
        ],
    );
    for line in lines {
        table.row([
            line.id.clone(),
            called(here, &line.offer_text),
            line.giver_name.clone(),
            line.taker_name.clone(),
            here.text(&format!("stage-of-{}", word_of(&line.stage))),
            line.owner.clone(),
            line.next_step
                .as_ref()
                .map(|(step, due)| format!("{step} ({due})"))
                .unwrap_or_default(),
            line.alarm
                .as_ref()
                .map(|(alarm, days)| here.with(&format!("alarm-{alarm}"), &[("days", &days.to_string())]))
                .unwrap_or_default(),
            format::number(line.promised.0, 1, here.language),
            format::number(line.realised.tonnes, 1, here.language),
        ]);
    }
    table
}

pub fn exchange(here: &Here<'_>, line: &BoardLine) -> Result<Output> {
    let mut law = Table::new(here.text("law"), &["route", "condition", "state"]);
    for (route, unanswered, refused) in &line.gate.missing {
        for (conditions, state) in [(unanswered, "law-unanswered"), (refused, "law-refused")] {
            for condition in conditions {
                law.row([
                    here.text(&format!("route-of-{}", word_of(route))),
                    word_of(condition),
                    here.text(state),
                ]);
            }
        }
    }
    let mut records = Table::new(
        here.text("records"),
        &["month", ">given-t", ">taken-t", "records-agree", "source"],
    );
    for record in &line.records {
        let shown = |amount: &Option<Amount>| {
            amount
                .map(|amount| format::number(amount, 2, here.language))
                .unwrap_or_default()
        };
        let month = if record.months > 1 {
            format!("{} +{}", record.month, record.months - 1)
        } else {
            record.month.to_string()
        };
        let source = if record.measured {
            "records-files"
        } else {
            "records-told"
        };
        records.row([
            month,
            shown(&record.given),
            shown(&record.taken),
            here.text(&format!("records-{}", record.agreement)),
            here.text(source),
        ]);
    }
    let mut output = Output::of(line)?
        .table(board(here, std::slice::from_ref(line)))
        .table(records)
        .table(law);
    if let Some(route) = line.gate.open {
        output = output.note(here.with(
            "law-open",
            &[("route", &here.text(&format!("route-of-{}", word_of(&route))))],
        ));
    }
    Ok(output)
}

pub fn indicators(here: &Here<'_>, view: &IndicatorsView) -> Table {
    let tonnes = |kg: Amount| {
        format::number(
            Amount::from_mantissa(Rounding::HalfEven.divide(kg.mantissa(), 1_000)),
            2,
            here.language,
        )
    };
    let mut table = Table::new("", &["figure", ">not-hazardous-t", ">hazardous-t", ">total-t"]);
    for (name, plain, hazardous) in &view.waste {
        table.row([
            here.text(&format!("indicator-{name}")),
            tonnes(*plain),
            tonnes(*hazardous),
            tonnes(*plain + *hazardous),
        ]);
    }
    let mut single = |name: &str, kg: Amount| {
        table.row([
            here.text(&format!("indicator-{name}")),
            String::new(),
            String::new(),
            tonnes(kg),
        ]);
    };
    single("diverted", view.diverted_kg);
    single("disposed", view.disposed_kg);
    single("not_recycled", view.not_recycled_kg);
    single("inflow", view.inflow_kg);
    single("secondary", view.secondary_kg);
    single("primary", view.resource_draw.0);
    single("lost", view.resource_draw.1);
    single("recirculated", view.resource_draw.2);
    for (name, share) in [("use_rate", view.use_rate), ("circularity", view.circularity)] {
        table.row([
            here.text(&format!("indicator-{name}")),
            String::new(),
            String::new(),
            share
                .map(|share| format::number(share, 3, here.language))
                .unwrap_or_default(),
        ]);
    }
    table
}
