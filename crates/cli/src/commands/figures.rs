//! Goals, inventory, factors.

use std::collections::BTreeMap;

use anyhow::Result;
use greenheart_app::{
    AppError, ChangeSpread, FigureView, GoalQuery, GoalSpread, GoalView, GoalsView, InventoryRequest, MethodBar,
    OpenGoodsView, SpreadLine,
};
use greenheart_model::{MemberId, Scope2Basis};
use greenheart_units::Amount;

use super::Here;
use super::setup::parse;
use crate::arguments::{GoalArguments, InventoryArguments};
use crate::format;
use crate::output::{Output, Table};

pub async fn goals(here: &Here<'_>, arguments: &GoalArguments) -> Result<Output> {
    let app = here.open().await?;
    let at = arguments
        .at
        .as_deref()
        .map(|text| parse::<i64>(text.strip_prefix('s').unwrap_or(text), "snapshot"))
        .transpose()?;
    let view = if arguments.release {
        app.release_goals(&here.actor).await?
    } else {
        let query = GoalQuery {
            base_year: arguments.base_year,
            gwp: Some(parse(&arguments.gwp, "GWP set")?),
            at,
        };
        app.goals(&here.actor, &query).await?
    };
    let mut output = show_goals(here, &view)?;
    if here.actor.leads() && !arguments.release {
        let query = GoalQuery {
            base_year: arguments.base_year,
            gwp: Some(parse(&arguments.gwp, "GWP set")?),
            at,
        };
        let spreads = app.goal_spread(&here.actor, &query).await?;
        output.json["co2e_spread"] = serde_json::to_value(&spreads)?;
        output = output.table(spread_table(here, &spreads));
        let method = app.method_bars(&here.actor, &query).await?;
        output.json["method"] = serde_json::to_value(&method)?;
        if !method.is_empty() {
            output = output.table(method_table(here, &method));
        }
        let open = app.open_goods(&here.actor, None).await?;
        output.json["open_goods"] = serde_json::to_value(&open)?;
        if !open.lines.is_empty() {
            output = output.table(open_table(here, &open));
        }
        let circular = app.circularity(&here.actor, &query, None).await?;
        output.json["circularity"] = serde_json::to_value(&circular)?;
        output = output
            .table(super::outlook::bars(here, &view))
            .table(super::outlook::outlooks(here, &view))
            .table(super::outlook::circularity(here, &circular));
    }
    Ok(output)
}

/// What other factors did to goal 2: a bar of method.
fn method_table(here: &Here<'_>, bars: &[MethodBar]) -> Table {
    let columns = [
        ">year",
        "factor-set",
        ">before",
        ">after",
        ">method-effect",
        ">method-on-base",
        "why",
    ];
    let mut table = Table::new(here.text("goals-method"), &columns);
    let co2e = |kg: Amount| format::readable(kg, "kgCO2e", here.language);
    for bar in bars {
        let known = |figure: &FigureView| figure.value.map_or_else(|| here.text("missing"), co2e);
        table.row([
            bar.year.to_string(),
            bar.factor_set.clone(),
            known(&bar.before),
            known(&bar.after),
            co2e(bar.effect_kg),
            co2e(bar.effect_on_base_kg),
            bar.before.reference.to_string(),
        ]);
    }
    table
}

/// What goal 3 does not know the mass of: the biggest articles.
fn open_table(here: &Here<'_>, open: &OpenGoodsView) -> Table {
    let places = [
        ("year", &*open.year.to_string()),
        ("open", &*format::readable(open.open_nok, "NOK", here.language)),
        ("bought", &*format::readable(open.bought_nok, "NOK", here.language)),
    ];
    let columns = ["member", "name", ">lines", ">nok", ">kg", ">share-of-goods"];
    let mut table = Table::new(here.language.with("goals-open", &places), &columns);
    for line in &open.lines {
        let name = match &*line.line {
            "spend.goods" => here.text("only-booked"),
            name => name.to_owned(),
        };
        table.row([
            line.member.to_string(),
            name,
            line.rows.to_string(),
            format::number(line.amount_nok, 0, here.language),
            format::number(line.mass_kg, 0, here.language),
            line.share
                .map(|share| format::percent(share, here.language))
                .unwrap_or_default(),
        ]);
    }
    table
}

/// How sure goal 2 is: from P5 to P95, in each year and in the change.
fn spread_table(here: &Here<'_>, spreads: &[GoalSpread]) -> Table {
    let columns = [
        ">year",
        ">p5",
        ">value",
        ">p95",
        ">base",
        ">change-p5",
        ">change",
        ">change-p95",
    ];
    let mut table = Table::new(here.text("goals-spread"), &columns);
    let co2e = |kg: Amount| format::readable(kg, "kgCO2e", here.language);
    for spread in spreads {
        let change = |pick: fn(&ChangeSpread) -> greenheart_units::Rate| {
            let change = spread.change.as_ref();
            change.map_or_else(String::new, |change| {
                format::signed_percent(pick(change), here.language)
            })
        };
        table.row([
            spread.year.to_string(),
            co2e(spread.value.p5_kg),
            co2e(spread.value.p50_kg),
            co2e(spread.value.p95_kg),
            co2e(spread.base.p50_kg),
            change(|change| change.p5),
            change(|change| change.p50),
            change(|change| change.p95),
        ]);
    }
    table
}

/// The three goals as tables.
pub fn show_goals(here: &Here<'_>, view: &GoalsView) -> Result<Output> {
    let mut output = Output::of(view)?;
    for goal in &view.goals {
        output = output.table(goal_table(here, view, goal));
    }
    output = output.table(gap_table(here, view));
    let (base, goal) = (view.base_year.to_string(), view.goal_year.to_string());
    let about = [
        ("cluster", &*view.cluster),
        ("base", &*base),
        ("goal", &*goal),
        ("snapshot", &*view.snapshot),
    ];
    output = output.note(here.language.with("goals-about", &about));
    if let Some(index) = &view.price_index {
        output = output.note(here.language.with("goals-prices", &[("index", index)]));
    }
    if view.fictional {
        output = output.note(here.text("fictional"));
    }
    Ok(output.note(here.text("why-hint")))
}

/// What is missing, the years of one gap together. JSON lists each year.
fn gap_table(here: &Here<'_>, view: &GoalsView) -> Table {
    type Years = (Vec<i16>, String);
    let mut gaps: BTreeMap<(usize, String, String), Years> = BTreeMap::new();
    for (at, goal) in view.goals.iter().enumerate() {
        for year in &goal.years {
            for gap in year.gaps.iter().filter(|gap| gap.code != "goal.year_not_over") {
                let member = gap.member.as_ref().map(ToString::to_string).unwrap_or_default();
                let slot = gaps
                    .entry((at, gap.code.clone(), member))
                    .or_insert_with(|| (Vec::new(), gap.detail.clone()));
                if slot.0.last() != Some(&year.year) {
                    slot.0.push(year.year);
                }
            }
        }
    }
    let mut table = Table::new(here.text("goals-gaps"), &["goal", "code", "member", "years", "detail"]);
    for ((at, code, member), (years, detail)) in gaps {
        let goal = here.text(&format!("goal-{}", view.goals[at].goal.name()));
        table.row([goal, code, member, spans(&years), months(&detail)]);
    }
    table
}

/// `2017, 2019–2021`.
fn spans(years: &[i16]) -> String {
    let mut spans: Vec<(i16, i16)> = Vec::new();
    for year in years {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => spans.push((*year, *year)),
        }
    }
    let shown = |(first, last): &(i16, i16)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}–{last}")
        }
    };
    spans.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A long list of months is cut to its first and last.
fn months(detail: &str) -> String {
    match detail.split_once(": ") {
        Some((kind, list)) if list.split(", ").count() > 3 => {
            let first = list.split(", ").next().unwrap_or_default();
            let last = list.split(", ").last().unwrap_or_default();
            format!("{kind}: {first} … {last}")
        }
        _ => detail.to_owned(),
    }
}

fn goal_table(here: &Here<'_>, view: &GoalsView, goal: &GoalView) -> Table {
    let change = format::signed_percent(goal.target_change, here.language);
    let year = view.goal_year.to_string();
    let name = here.text(&format!("goal-{}", goal.goal.name()));
    let title = here
        .language
        .with("goal-title", &[("goal", &name), ("change", &change), ("year", &year)]);
    let columns = [
        ">year",
        ">value",
        ">base",
        ">target",
        ">change",
        ">coverage-revenue",
        ">coverage-employees",
        ">coverage-purchases",
        ">spend-share",
        "status",
        "why",
    ];
    let mut table = Table::new(title, &columns);
    let missing = || here.text("missing");
    let shown = |figure: &FigureView| {
        figure
            .value
            .map_or_else(missing, |value| format::readable(value, &figure.unit, here.language))
    };
    let share = |share: Option<greenheart_units::Rate>| {
        share.map_or_else(String::new, |share| format::percent(share, here.language))
    };
    for year in &goal.years {
        let status = if year.withheld {
            "status-withheld".to_owned()
        } else {
            format!("status-{}", year.status.name())
        };
        table.row([
            year.year.to_string(),
            shown(&year.value),
            shown(&year.base),
            shown(&year.target),
            year.change
                .map_or_else(String::new, |change| format::signed_percent(change, here.language)),
            share(year.coverage.revenue),
            share(year.coverage.employees),
            share(year.coverage.purchases),
            share(year.spend_share),
            here.text(&status),
            if year.value.value.is_some() {
                year.value.reference.to_string()
            } else {
                String::new()
            },
        ]);
    }
    table
}

pub async fn inventory(here: &Here<'_>, arguments: &InventoryArguments) -> Result<Output> {
    let basis: Scope2Basis = parse(&arguments.basis, "basis")?;
    if basis == Scope2Basis::Both {
        return Err(AppError::Input {
            message: "`both` is no account".into(),
            hint: "use location or market".into(),
        }
        .into());
    }
    let app = here.open().await?;
    let request = InventoryRequest {
        year: arguments.year,
        member: arguments.member.as_deref().map(MemberId::new),
        basis,
        gwp: parse(&arguments.gwp, "GWP set")?,
    };
    let (answer, spread) = app.inventory_spread(&here.actor, &request).await?;
    let title = here.language.with(
        "inventory-title",
        &[
            ("year", &answer.totals.year.to_string()),
            ("snapshot", &answer.snapshot),
        ],
    );
    let mut table = Table::new(
        title,
        &[
            "member",
            "scope",
            ">category",
            "line",
            "method",
            ">co2e",
            ">p5",
            ">p95",
            ">nok",
            ">kwh",
            ">rows",
            "why",
        ],
    );
    let co2e = |kg: Amount| format::readable(kg, "kgCO2e", here.language);
    let bound = |spread: Option<&SpreadLine>, pick: fn(&SpreadLine) -> Amount| {
        spread.map_or_else(String::new, |spread| co2e(pick(spread)))
    };
    for (line, spread) in answer.lines.iter().zip(&spread.lines) {
        let (row, spread) = (&line.row, spread.as_ref());
        table.row([
            row.member.to_string(),
            here.text(&format!("scope-{}", row.scope)),
            if row.category == 0 {
                String::new()
            } else {
                row.category.to_string()
            },
            row.line.clone(),
            here.text(&format!("method-{}", row.method)),
            row.co2e_kg.map_or_else(|| here.text("missing"), co2e),
            bound(spread, |spread| spread.p5_kg),
            bound(spread, |spread| spread.p95_kg),
            format::number(row.amount_nok, 0, here.language),
            format::number(row.energy_kwh, 0, here.language),
            row.rows.to_string(),
            line.reference.to_string(),
        ]);
    }
    let totals = &answer.totals;
    let mut sums = Table::new(here.text("totals"), &["total", ">co2e", ">p5", ">p95"]);
    for (key, value, spread) in [
        ("scope-1", totals.scope1_co2e_kg, Some(&spread.scope1)),
        ("scope-2", totals.scope2_co2e_kg, Some(&spread.scope2)),
        ("scope-3", totals.scope3_co2e_kg, Some(&spread.scope3)),
        ("all-scopes", totals.total_co2e_kg, Some(&spread.total)),
        ("biogenic", totals.biogenic_co2_kg, None),
        ("scope-removal", totals.removals_co2_kg, None),
    ] {
        let (low, high) = (
            bound(spread, |spread| spread.p5_kg),
            bound(spread, |spread| spread.p95_kg),
        );
        sums.row([here.text(key), co2e(value), low, high]);
    }
    let mut output = Output::of(&answer)?.table(table).table(sums);
    output.json["spread"] = serde_json::to_value(&spread)?;
    if totals.unbound_rows > 0 {
        let (rows, nok) = (
            totals.unbound_rows.to_string(),
            format::number(totals.unbound_nok, 0, here.language),
        );
        output = output.note(
            here.language
                .with("inventory-unbound", &[("rows", &rows), ("nok", &nok)]),
        );
    }
    if let Some(share) = totals.spend_share {
        output = output.note(
            here.language
                .with("inventory-spend", &[("share", &format::percent(share, here.language))]),
        );
    }
    Ok(output)
}
