//! Every code that this reader reports, what it means, and what to do. A freight list is a table, so that the findings
//! of [`crate::tables`] on bytes and cells can also occur.

use greenheart_model::Severity::{self, Error, Note, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "shipments.not_shipments",
        Error,
        "No row has the headers of a freight list: when, how heavy, and how far, where to or by whom.",
        "Ingen rad har overskriftene til en fraktliste: når, hvor tungt, og hvor langt, hvorhen eller med hvem.",
    ),
    (
        "shipments.rows_none",
        Error,
        "No row of the list can be used.",
        "Ingen rad i listen kan brukes.",
    ),
    (
        "shipments.row_unusable",
        Warning,
        "The row cannot be used; the particulars say why.",
        "Raden kan ikke brukes; detaljene sier hvorfor.",
    ),
    (
        "shipments.date",
        Warning,
        "The date cannot be read or lies outside the calendar.",
        "Datoen kan ikke leses eller ligger utenfor kalenderen.",
    ),
    (
        "shipments.number",
        Warning,
        "A number cannot be read; it is missing.",
        "Et tall kan ikke leses; det mangler.",
    ),
    (
        "shipments.negative",
        Warning,
        "A weight, distance or amount of fuel is below zero; it is missing.",
        "En vekt, avstand eller drivstoffmengde er under null; den mangler.",
    ),
    (
        "shipments.unit",
        Warning,
        "A unit does not fit what it measures; the value is missing.",
        "En enhet passer ikke til det den måler; verdien mangler.",
    ),
    (
        "shipments.unit_assumed",
        Note,
        "Nothing states the unit of the weight; kilograms are assumed.",
        "Ingenting oppgir enheten til vekten; kilogram er antatt.",
    ),
    (
        "shipments.distance_driven",
        Note,
        "The distance is as driven. Freight work rests on the shortest feasible one: it is divided by the adjustment factor of EN ISO 14083.",
        "Avstanden er som kjørt. Transportarbeid hviler på den korteste mulige: den deles på justeringsfaktoren i EN ISO 14083.",
    ),
    (
        "shipments.distance_unstated",
        Note,
        "The list does not say on which basis its distances are; the shortest feasible one is assumed.",
        "Listen sier ikke hvilket grunnlag avstandene har; den korteste mulige er antatt.",
    ),
    (
        "shipments.distance_missing",
        Warning,
        "Neither a distance nor freight work is stated. The consignment is kept by its mass; a distance can follow from the postcodes.",
        "Verken avstand eller transportarbeid er oppgitt. Sendingen beholdes med massen; avstanden kan følge av postnumrene.",
    ),
    (
        "shipments.great_circle",
        Warning,
        "The distance is a great circle by rail or sea, and nothing general says how much longer the way is. State the shortest feasible distance.",
        "Avstanden er en luftlinje med bane eller båt, og ingenting allment sier hvor mye lengre veien er. Oppgi korteste mulige avstand.",
    ),
    (
        "shipments.distance_mixed",
        Warning,
        "One mode of transport has distances on the shortest way and on the great circle. EN ISO 14083 allows one kind a mode; each row counts on its own.",
        "Ett transportmiddel har avstander både på korteste vei og i luftlinje. EN ISO 14083 tillater ett slag for hvert transportmiddel; hver rad regnes på sitt.",
    ),
    (
        "shipments.payer_assumed",
        Note,
        "The list does not say who pays for the freight; it is taken as bought by the member. A column `Fraktbetaler` or the delivery terms say so.",
        "Listen sier ikke hvem som betaler frakten; den er tatt som kjøpt av medlemmet. En kolonne `Fraktbetaler` eller leveringsbetingelsene sier det.",
    ),
    (
        "shipments.payer_unknown",
        Warning,
        "Who pays for the freight cannot be read; it is taken as bought by the member. Write own, bought, customer, or an Incoterm.",
        "Hvem som betaler frakten kan ikke leses; den er tatt som kjøpt av medlemmet. Skriv egen, kjøpt, kunde eller en Incoterm.",
    ),
    (
        "shipments.share",
        Warning,
        "A load factor or a share of empty running lies outside what can be; it is missing.",
        "En fyllingsgrad eller andel tomkjøring ligger utenfor det mulige; den mangler.",
    ),
    (
        "shipments.mode_unknown",
        Note,
        "The mode of transport is not known by name; the consignment counts as freight without one.",
        "Transportmiddelet er ikke kjent ved navn; sendingen regnes som frakt uten transportmiddel.",
    ),
    (
        "shipments.implausible",
        Warning,
        "A consignment is heavier or goes farther than its mode of transport can. The unit may be wrong.",
        "En sending er tyngre eller går lenger enn transportmiddelet kan. Enheten kan være feil.",
    ),
    (
        "shipments.duplicate",
        Warning,
        "Two rows have the same number, day and weight; the first counts.",
        "To rader har samme nummer, dag og vekt; den første gjelder.",
    ),
    (
        "shipments.currency",
        Warning,
        "The currency is not a code of three letters; the amount is missing.",
        "Valutaen er ikke en kode på tre bokstaver; beløpet mangler.",
    ),
    (
        "shipments.coverage_assumed",
        Note,
        "The list does not say what it covers completely; the months with rows are assumed. Correct it if months or carriers are missing.",
        "Listen sier ikke hva den dekker fullstendig; måneder med rader er antatt. Rett om måneder eller transportører mangler.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, (code, _, en, nb)) in FINDINGS.iter().enumerate() {
            assert!(
                code.starts_with("shipments.") && !en.is_empty() && !nb.is_empty(),
                "{code}"
            );
            assert!(
                FINDINGS[at + 1..].iter().all(|(other, ..)| other != code),
                "{code} stands twice"
            );
        }
    }
}
