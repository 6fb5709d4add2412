//! Every code that this reader reports, what it means, and what to do.

use greenheart_model::Severity::{self, Error, Note, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
///
/// What is wrong with a whole file is an error when it comes alone, and a warning among others.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    ("meters.empty", Error, "The file has no content.", "Filen er tom."),
    (
        "meters.not_meters",
        Error,
        "No row names a time and a value. Export hourly values (måleverdier) as CSV or XLSX.",
        "Ingen rad oppgir tid og verdi. Eksporter timeverdier (måleverdier) som CSV eller XLSX.",
    ),
    (
        "meters.nothing",
        Error,
        "No reading in the set could be used; the other findings say why.",
        "Ingen måleverdi i settet kunne brukes; de andre funnene sier hvorfor.",
    ),
    (
        "meters.too_large",
        Error,
        "The content passes a limit of size.",
        "Innholdet går over en størrelsesgrense.",
    ),
    (
        "meters.archive",
        Error,
        "The archive or workbook cannot be read.",
        "Arkivet eller arbeidsboken kan ikke leses.",
    ),
    (
        "meters.meter_unknown",
        Warning,
        "Neither a column nor the file name says which metering point it is; its readings are kept together by file.",
        "Verken en kolonne eller filnavnet sier hvilket målepunkt det er; verdiene holdes samlet per fil.",
    ),
    (
        "meters.unit_assumed",
        Note,
        "Nothing states the unit; kilowatt-hours are assumed.",
        "Ingenting oppgir enheten; kilowattimer er antatt.",
    ),
    (
        "meters.unit",
        Warning,
        "The unit is not one of energy; the row is not taken.",
        "Enheten er ikke en energienhet; raden tas ikke med.",
    ),
    (
        "meters.time",
        Warning,
        "A time cannot be read or lies outside the calendar; the row is not taken.",
        "En tid kan ikke leses eller ligger utenfor kalenderen; raden tas ikke med.",
    ),
    (
        "meters.no_such_hour",
        Warning,
        "The hour does not exist: summer time left it out. The value counts; the file may be in winter time all year.",
        "Timen finnes ikke: den falt bort med sommertid. Verdien teller; filen kan ha vintertid hele året.",
    ),
    (
        "meters.value",
        Warning,
        "A value is not a number; the reading is missing.",
        "En verdi er ikke et tall; måleverdien mangler.",
    ),
    (
        "meters.negative",
        Warning,
        "A value is negative, which a direction of its own should state; the reading is not taken.",
        "En verdi er negativ; det skulle stått som egen retning. Måleverdien tas ikke med.",
    ),
    (
        "meters.duplicate",
        Note,
        "The same reading stands there twice; it counts once.",
        "Samme måleverdi finnes to ganger; den teller én gang.",
    ),
    (
        "meters.duplicate_differs",
        Warning,
        "Two values stand for the same metering point and time; the first counts.",
        "To verdier står for samme målepunkt og tid; den første gjelder.",
    ),
    (
        "meters.gap",
        Warning,
        "Readings are missing inside a series. Fetch the period again; what is missing is not estimated.",
        "Måleverdier mangler inne i en serie. Hent perioden på nytt; det som mangler, blir ikke anslått.",
    ),
    (
        "meters.partial_month",
        Note,
        "A series begins or ends inside a month (moved in, moved out, new meter, or a short export).",
        "En serie begynner eller slutter inne i en måned (inn- eller utflytting, ny måler eller kort eksport).",
    ),
    (
        "meters.reset",
        Warning,
        "The register of a meter went back (reset, exchange or a wrong reading). What was used in between is unknown.",
        "Telleverket til en måler gikk tilbake (nullstilt, byttet eller feil avlest). Forbruket imellom er ukjent.",
    ),
    (
        "meters.register_split",
        Note,
        "Readings of a register lie in different months; what was used between them is divided by time.",
        "Avlesninger av et telleverk ligger i ulike måneder; forbruket mellom dem er delt etter tid.",
    ),
    (
        "meters.estimated",
        Note,
        "Some readings are marked as estimated by the grid company.",
        "Noen måleverdier er merket som estimert av nettselskapet.",
    ),
    (
        "meters.too_many",
        Error,
        "There are more metering points, months or register readings than any company has.",
        "Det er flere målepunkter, måneder eller avlesninger enn noe foretak har.",
    ),
    (
        "meters.file_passed",
        Note,
        "A file in the archive is no CSV file and is passed over.",
        "En fil i arkivet er ikke en CSV-fil og er hoppet over.",
    ),
    (
        "meters.coverage_assumed",
        Note,
        "The export does not say whether it holds all meters; its whole months are taken as covered. Correct it if meters are missing.",
        "Eksporten sier ikke om den har alle målere; hele måneder regnes som dekket. Rett om målere mangler.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, (code, _, en, nb)) in FINDINGS.iter().enumerate() {
            assert!(
                code.starts_with("meters.") && !en.is_empty() && !nb.is_empty(),
                "{code}"
            );
            assert!(
                FINDINGS[at + 1..].iter().all(|(other, ..)| other != code),
                "{code} stands twice"
            );
        }
    }
}
