//! What is wrong with a stream as entered.

use greenheart_model::waste_list::{Hazard, Jurisdiction, hazard};
use greenheart_model::{Finding, FindingLog, Place, Severity};
use greenheart_units::Amount;

use super::{Blend, Direction, Kind, Stream, blend};

/// Codes of the findings, with meaning and remedy in Norwegian and English.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "stream.negative_quantity",
        Severity::Error,
        "En mengde er under null. Skriv den som tilbud eller behov, ikke med minus.",
        "A quantity is below zero. Say offer or want instead of a minus.",
    ),
    (
        "stream.unit_against_kind",
        Severity::Error,
        "Enheten passer ikke til det strømmen er, som kWh for et fast stoff. Rett enheten eller slaget.",
        "The unit does not go with what the stream is, such as kWh for a solid. Correct the unit or the kind.",
    ),
    (
        "stream.code_against_kind",
        Severity::Error,
        "En avfallskode står på varme eller strøm. Fjern koden eller rett slaget.",
        "A waste code stands on heat or power. Remove the code or correct the kind.",
    ),
    (
        "stream.code_unknown",
        Severity::Error,
        "Koden finnes ikke i landets avfallsliste. Slå opp koden.",
        "The code is not on the country's list of waste. Look it up.",
    ),
    (
        "stream.hazard_differs",
        Severity::Note,
        "Norge og EU er uenige om koden er farlig avfall. Sjekk mottakerlandets liste ved eksport.",
        "Norway and the EU disagree on whether the code is hazardous. Check the list of the receiving country before export.",
    ),
    (
        "stream.mirror_entry",
        Severity::Warning,
        "Koden har en speilkode: innholdet avgjør om avfallet er farlig. Legg ved en vurdering.",
        "The code is a mirror entry: its content decides whether it is hazardous. Add an assessment.",
    ),
    (
        "stream.range_reversed",
        Severity::Error,
        "Laveste verdi er over høyeste. Bytt dem.",
        "The lowest value is above the highest. Swap them.",
    ),
    (
        "stream.property_twice",
        Severity::Error,
        "En egenskap står to ganger. Behold én.",
        "A property stands twice. Keep one.",
    ),
    (
        "stream.shares_over_whole",
        Severity::Error,
        "Andelene er mer enn hundre prosent til sammen. Rett sammensetningen.",
        "The shares are more than a hundred per cent together. Correct the composition.",
    ),
    (
        "stream.heat_profile",
        Severity::Warning,
        "Varme mangler temperatur, eller returen er varmere enn turen. Fyll ut varmeprofilen.",
        "Heat lacks its temperature, or returns hotter than it leaves. Complete the heat profile.",
    ),
    (
        "stream.quantity_missing",
        Severity::Warning,
        "Mengden mangler i noen eller alle måneder. Uten den kan ingen nettverk regnes.",
        "The quantity is missing in some or all months. Without it no network can be computed.",
    ),
    (
        "stream.not_described",
        Severity::Warning,
        "Strømmen har verken tekst eller kode, så den kan ikke finne en mottaker.",
        "The stream has neither text nor code, so no taker can be found.",
    ),
    (
        "stream.no_blend",
        Severity::Warning,
        "Ingen blanding av tilbudene holder grensene. Lemp på en grense eller finn et renere tilbud.",
        "No mix of the offers keeps the limits. Relax a limit or find a cleaner offer.",
    ),
];

/// Everything wrong with a stream; a want is also held against the `offers` in sight.
pub fn check(stream: &Stream, offers: &[&Stream]) -> FindingLog {
    let mut log = Log {
        stream,
        found: FindingLog::default(),
    };
    quantities(&mut log);
    codes(&mut log);
    properties(&mut log);
    heat(&mut log);
    if stream.direction == Direction::Want
        && !offers.is_empty()
        && let Blend::Impossible { property } = blend(stream, offers)
    {
        let names = if property.is_empty() {
            "the limits together".into()
        } else {
            property.join(", ")
        };
        log.push(
            "stream.no_blend",
            "properties",
            format!("none of {} offers or their mixes keeps {names}", offers.len()),
        );
    }
    log.found
}

struct Log<'a> {
    stream: &'a Stream,
    found: FindingLog,
}

impl Log<'_> {
    fn push(&mut self, code: &str, field: &str, detail: String) {
        let severity = FINDINGS
            .iter()
            .find(|(known, ..)| *known == code)
            .map_or(Severity::Error, |(_, severity, ..)| *severity);
        self.found.push(Finding {
            code: code.into(),
            severity,
            place: Place {
                file: self.stream.id.0.clone(),
                row: 0,
                field: field.into(),
            },
            detail,
        });
    }
}

fn quantities(log: &mut Log<'_>) {
    let stream = log.stream;
    if let Some(quantities) = &stream.quantities {
        if !stream.kind.dimensions().contains(&quantities.dimension) {
            let detail = format!("{:?} is given in {}", stream.kind, quantities.dimension.base_unit());
            log.push("stream.unit_against_kind", "quantities", detail);
        }
        for (month, amount) in quantities.months.iter().enumerate() {
            if amount.is_some_and(Amount::is_negative) {
                let detail = format!("month {}: {}", month + 1, amount.unwrap_or_default());
                log.push("stream.negative_quantity", "quantities", detail);
            }
        }
    }
    let months = stream.quantities.as_ref().map_or(0, |quantities| quantities.known().1);
    if months < 12 && !powered(stream) {
        log.push(
            "stream.quantity_missing",
            "quantities",
            format!("{months} of 12 months are given"),
        );
    }
}

/// Whether the heat profile says how much in every month.
fn powered(stream: &Stream) -> bool {
    stream
        .heat
        .as_ref()
        .is_some_and(|heat| heat.power_kw.iter().all(Option::is_some))
}

fn codes(log: &mut Log<'_>) {
    let stream = log.stream;
    if stream.text.trim().is_empty() && stream.codes.waste.is_none() && stream.codes.cn.is_none() {
        log.push("stream.not_described", "text", String::new());
    }
    let Some(code) = stream.codes.waste else { return };
    if matches!(stream.kind, Kind::Heat | Kind::Electricity) {
        log.push(
            "stream.code_against_kind",
            "codes",
            format!("{code} on {:?}", stream.kind),
        );
    }
    let own = hazard(code, stream.codes.jurisdiction);
    if own.is_none() {
        log.push("stream.code_unknown", "codes", format!("{code} is not listed"));
    }
    if matches!(own, Some(Hazard::MirrorHazardous | Hazard::MirrorNonHazardous)) && stream.documents.is_empty() {
        log.push(
            "stream.mirror_entry",
            "documents",
            format!("{code} is a mirror entry without an assessment"),
        );
    }
    let of = |jurisdiction| hazard(code, jurisdiction).map(Hazard::is_hazardous);
    let (norway, union) = (of(Jurisdiction::Norway), of(Jurisdiction::EuropeanUnion));
    if norway.is_some() && union.is_some() && norway != union {
        log.push(
            "stream.hazard_differs",
            "codes",
            format!("{code}: Norway {norway:?}, EU {union:?}"),
        );
    }
}

fn properties(log: &mut Log<'_>) {
    let stream = log.stream;
    let mut seen = std::collections::BTreeSet::new();
    let mut shares = Amount::ZERO;
    for property in &stream.properties {
        if !seen.insert(&property.name) {
            log.push("stream.property_twice", "properties", property.name.clone());
        }
        if let (Some(lower), Some(upper)) = (property.lower, property.upper)
            && lower > upper
        {
            log.push(
                "stream.range_reversed",
                "properties",
                format!("{}: {lower} to {upper}", property.name),
            );
        }
        for end in [property.lower, property.upper].into_iter().flatten() {
            let share = property.unit == "%" && property.blends;
            if share && (end.is_negative() || end > Amount::from_integer(100)) {
                log.push(
                    "stream.shares_over_whole",
                    "properties",
                    format!("{}: {end} %", property.name),
                );
            }
        }
        // Shares of components, which exclude each other: those named as such.
        if property.unit == "%" && property.name.starts_with("share_") {
            shares += property.lower.unwrap_or(Amount::ZERO);
        }
    }
    if shares > Amount::from_integer(100) {
        log.push(
            "stream.shares_over_whole",
            "properties",
            format!("components are {shares} % at least"),
        );
    }
}

fn heat(log: &mut Log<'_>) {
    let stream = log.stream;
    match (&stream.heat, stream.kind) {
        (None, Kind::Heat) => log.push("stream.heat_profile", "heat", "no temperature".into()),
        (Some(heat), _) => {
            if heat.return_c.is_some_and(|back| back >= heat.supply_c) {
                log.push(
                    "stream.heat_profile",
                    "heat",
                    format!("out at {} °C, back hotter", heat.supply_c),
                );
            }
            if heat.power_kw.iter().flatten().any(|power| power.is_negative()) {
                log.push("stream.negative_quantity", "heat", "power below zero".into());
            }
        }
        (None, _) => {}
    }
}
