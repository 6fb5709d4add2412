//! Every code that this reader reports, what it means, and what to do. A report is a table, so that the findings of
//! [`crate::tables`] on bytes and cells can also occur.

use greenheart_model::Severity::{self, Error, Note, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "waste.not_report",
        Error,
        "No row has the headers of a waste report: when, what (a code, number or fraction) and how much.",
        "Ingen rad har overskriftene til en avfallsrapport: når, hva (kode, nummer eller fraksjon) og hvor mye.",
    ),
    (
        "waste.rows_none",
        Error,
        "No row of the report can be used.",
        "Ingen rad i rapporten kan brukes.",
    ),
    (
        "waste.row_unusable",
        Warning,
        "The row cannot be used; the particulars say why.",
        "Raden kan ikke brukes; detaljene sier hvorfor.",
    ),
    (
        "waste.other_company",
        Warning,
        "The row belongs to another company and is not taken.",
        "Raden tilhører et annet selskap og tas ikke med.",
    ),
    (
        "waste.date",
        Warning,
        "The date cannot be read or lies outside the calendar.",
        "Datoen kan ikke leses eller ligger utenfor kalenderen.",
    ),
    (
        "waste.weight",
        Warning,
        "The weight is not a number.",
        "Vekten er ikke et tall.",
    ),
    (
        "waste.negative",
        Warning,
        "A weight is below zero. It is kept as it stood and not counted.",
        "En vekt er under null. Den beholdes som den sto og telles ikke.",
    ),
    (
        "waste.unit_assumed",
        Warning,
        "Nothing states the unit of the weight; kilograms are assumed.",
        "Ingenting oppgir enheten til vekten; kilogram er antatt.",
    ),
    (
        "waste.unit",
        Warning,
        "The unit is not known; the weight is kept as it stood.",
        "Enheten er ukjent; vekten beholdes som den sto.",
    ),
    (
        "waste.no_mass",
        Note,
        "The quantity is no mass; goal 3 needs kilograms. Ask the waste company for weights.",
        "Mengden er ikke en masse; mål 3 trenger kilogram. Be avfallsselskapet om vekter.",
    ),
    (
        "waste.code",
        Warning,
        "The code is not one of six digits of the list of waste; it is left out.",
        "Koden er ikke en sekssifret kode i avfallslisten; den utelates.",
    ),
    (
        "waste.code_unknown",
        Warning,
        "The code is in no list of waste. It is kept; check it against the declaration.",
        "Koden finnes ikke i noen avfallsliste. Den beholdes; kontroller mot deklarasjonen.",
    ),
    (
        "waste.code_elsewhere",
        Note,
        "The code is in the list of another country than the report's.",
        "Koden finnes i et annet lands liste enn rapportens.",
    ),
    (
        "waste.number_unknown",
        Note,
        "What the number for waste substances means is not known here. Add it to the member's own list.",
        "Hva avfallsstoffnummeret betyr er ikke kjent her. Legg det til i medlemmets egen liste.",
    ),
    (
        "waste.number",
        Warning,
        "The number for waste substances is not one of four digits; it is left out.",
        "Avfallsstoffnummeret er ikke firesifret; det utelates.",
    ),
    (
        "waste.item_unknown",
        Note,
        "The fraction is not known by name; it is kept as it stood.",
        "Fraksjonen er ikke kjent ved navn; den beholdes som den sto.",
    ),
    (
        "waste.hazard_differs",
        Warning,
        "The report and the list of waste disagree on whether it is hazardous. The list counts; check the code.",
        "Rapporten og avfallslisten er uenige om avfallet er farlig. Listen gjelder; kontroller koden.",
    ),
    (
        "waste.treatment_unknown",
        Warning,
        "The treatment is not known; the waste counts as lost.",
        "Behandlingen er ukjent; avfallet regnes som tapt.",
    ),
    (
        "waste.treatment_missing",
        Note,
        "The treatment is not stated; the waste counts as lost. Ask the waste company what becomes of it.",
        "Behandlingen er ikke oppgitt; avfallet regnes som tapt. Spør avfallsselskapet hva som skjer med det.",
    ),
    (
        "waste.implausible",
        Warning,
        "A weight is hundreds of times what this waste usually weighs. Tonnes may stand where kilograms are named, or the other way round.",
        "En vekt er hundrevis av ganger det dette avfallet pleier å veie. Det kan stå tonn der det heter kilogram, eller omvendt.",
    ),
    (
        "waste.total",
        Warning,
        "A total in the report differs from the sum of its rows.",
        "En sum i rapporten avviker fra summen av radene.",
    ),
    (
        "waste.amount",
        Warning,
        "The amount is not a number; it is missing.",
        "Beløpet er ikke et tall; det mangler.",
    ),
    (
        "waste.coverage_assumed",
        Note,
        "The report does not say what it covers completely; the months with rows are assumed. Correct it if months or receivers are missing.",
        "Rapporten sier ikke hva den dekker fullstendig; måneder med rader er antatt. Rett om måneder eller mottakere mangler.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, (code, _, en, nb)) in FINDINGS.iter().enumerate() {
            assert!(code.starts_with("waste.") && !en.is_empty() && !nb.is_empty(), "{code}");
            assert!(
                FINDINGS[at + 1..].iter().all(|(other, ..)| other != code),
                "{code} stands twice"
            );
        }
    }
}
