//! What a finding means and what to do about it, in both languages.

use greenheart_ingest::{saft, tables};

/// Findings of importing itself and of posting.
const OWN: &[(&str, &str, &str)] = &[
    (
        "import.empty",
        "The file has no bytes. Export it again.",
        "Filen er tom. Eksporter den på nytt.",
    ),
    (
        "import.member_needed",
        "A table does not say whose it is. Name the member with --member.",
        "En tabell sier ikke hvem den tilhører. Oppgi medlemmet med --member.",
    ),
    (
        "import.member_unknown",
        "The file belongs to nobody in this cluster. Add the member first, or check the file.",
        "Filen tilhører ingen i denne klyngen. Legg inn medlemmet først, eller kontroller filen.",
    ),
    (
        "import.unreadable",
        "The file cannot be opened.",
        "Filen kan ikke åpnes.",
    ),
    (
        "import.xml_unknown",
        "The file is XML of a kind that is not read. SAF-T Financial is.",
        "Filen er XML av en type som ikke leses. SAF-T Regnskap leses.",
    ),
    (
        "factor.none",
        "No factor was found: the row waits, and is never zero.",
        "Ingen faktor ble funnet: raden venter, og er aldri null.",
    ),
    (
        "factor.nearest_year",
        "A factor of another year stands in.",
        "En faktor fra et annet år er brukt.",
    ),
    (
        "factor.basis_assumed",
        "Fuel energy without a basis was read as net calorific value.",
        "Brenselenergi uten oppgitt grunnlag er lest som nedre brennverdi.",
    ),
    (
        "factor.price_year",
        "Spend could not be brought to the price year of its factor.",
        "Innkjøpet kunne ikke regnes om til faktorens prisår.",
    ),
    (
        "material.primary_assumed",
        "Nobody states the primary share: the material counts as primary.",
        "Ingen oppgir andelen jomfruelig materiale: det regnes som jomfruelig.",
    ),
    (
        "material.no_mass",
        "Material without a mass: goal 3 lacks it.",
        "Materiale uten masse: mål 3 mangler det.",
    ),
    (
        "posting.no_rate",
        "There is no NOK rate for the currency: its NOK is unknown.",
        "Det finnes ingen kronekurs for valutaen: beløpet i kroner er ukjent.",
    ),
    (
        "posting.overflow",
        "A product is too large for the ledger: the row waits.",
        "Et produkt er for stort for regnskapet: raden venter.",
    ),
];

/// Meaning and remedy of a finding's code: English, then Norwegian bokmål.
pub fn explain_finding(code: &str) -> Option<(&'static str, &'static str)> {
    let own = OWN
        .iter()
        .map(|(known, english, norwegian)| (*known, *english, *norwegian));
    let saft = saft::FINDINGS
        .iter()
        .map(|(known, _, english, norwegian)| (*known, *english, *norwegian));
    let tables = tables::FINDINGS
        .iter()
        .map(|(known, _, english, norwegian)| (*known, *english, *norwegian));
    own.chain(saft)
        .chain(tables)
        .find(|(known, _, _)| *known == code)
        .map(|(_, english, norwegian)| (english, norwegian))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_explained() {
        for code in ["import.empty", "saft.truncated", "table.empty", "factor.none"] {
            assert!(super::explain_finding(code).is_some(), "{code}");
        }
        assert!(super::explain_finding("no.such").is_none());
    }
}
