//! What a finding means and what to do about it, in both languages.

use greenheart_ingest::{ehf, meters, reduced, saft, shipments, tables, waste};
use greenheart_model::Severity;

type Table = &'static [(&'static str, Severity, &'static str, &'static str)];

/// The findings of every reader.
const READERS: [Table; 7] = [
    saft::FINDINGS,
    reduced::FINDINGS,
    ehf::FINDINGS,
    meters::FINDINGS,
    waste::FINDINGS,
    shipments::FINDINGS,
    tables::FINDINGS,
];

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
        "import.format_unknown",
        "The file is of no kind that is read: accounting (SAF-T), invoices (EHF), meters, waste reports, freight lists and tables are.",
        "Filen er av en type som ikke leses. Regnskap (SAF-T), fakturaer (EHF), målere, avfallsrapporter, fraktlister og tabeller leses.",
    ),
    (
        "articles.table",
        "The file begins like a register of articles and is none. Write the table anew with `greenheart articles export`.",
        "Filen begynner som et vareregister og er ikke det. Skriv tabellen på nytt med `greenheart articles export`.",
    ),
    (
        "metering.told_better",
        "The same days of a metering point stand in a better file too: these rows count there, and nothing counts twice.",
        "De samme dagene for et målepunkt står også i en bedre fil: disse radene teller der, og ingenting teller to ganger.",
    ),
    (
        "metering.differs",
        "Two files tell of the same days of a metering point and differ by more than two per cent. The better one counts; ask the grid company.",
        "To filer forteller om de samme dagene for et målepunkt og avviker med mer enn to prosent. Den beste teller; spør nettselskapet.",
    ),
    (
        "metering.handed_over",
        "A metering point passed from one member to another. Each has the days of its own files; nothing counts twice.",
        "Et målepunkt gikk fra ett medlem til et annet. Hver har dagene i sine egne filer; ingenting teller to ganger.",
    ),
    (
        "metering.another_has_it",
        "Another member's files tell of days of this metering point too, and begin later: from its first day on they count there, a month that is shared by days. If you still have it, tell the cluster manager.",
        "Et annet medlems filer forteller også om dager for dette målepunktet, og begynner senere: fra den første dagen der teller de der, en delt måned etter dager. Si fra til klyngelederen hvis dere fortsatt har det.",
    ),
    (
        "metering.another_had_it",
        "Another member's files tell of days of this metering point too, and begin earlier: the days that both tell count here. If you took it over later, hand in an export from that day on.",
        "Et annet medlems filer forteller også om dager for dette målepunktet, og begynner tidligere: dagene som begge forteller om, teller her. Overtok dere det senere, lever en eksport fra den dagen.",
    ),
    (
        "articles.row",
        "A confirmed article cannot be used as it stands; it counts as not confirmed. Correct the cell and import the table again.",
        "En bekreftet vare kan ikke brukes slik den står; den teller som ikke bekreftet. Rett cellen og importer tabellen på nytt.",
    ),
    (
        "transport.distance_missing",
        "Freight without a distance: it counts by what it cost, or waits. Add a column with the shortest distance.",
        "Frakt uten avstand: den regnes etter hva den kostet, eller venter. Legg til en kolonne med korteste avstand.",
    ),
    (
        "transport.mass_missing",
        "Freight without a weight: it counts by what it cost, or waits.",
        "Frakt uten vekt: den regnes etter hva den kostet, eller venter.",
    ),
    (
        "transport.no_detour",
        "A great circle by rail or sea: nothing general says how much longer the way is. State the shortest feasible distance.",
        "Luftlinje med bane eller båt: ingenting allment sier hvor mye lengre veien er. Oppgi korteste mulige avstand.",
    ),
    (
        "transport.refused",
        "The freight work cannot be calculated; the particulars say why.",
        "Transportarbeidet kan ikke regnes ut; detaljene sier hvorfor.",
    ),
    (
        "transport.factor_none",
        "There is freight work and no intensity for its vehicle: it counts by what it cost, or waits.",
        "Det finnes transportarbeid, men ingen utslippsintensitet for kjøretøyet: det regnes etter hva det kostet, eller venter.",
    ),
    (
        "transport.fuel_factor",
        "There is no factor for the fuel that the carrier reports; freight work counts in its place.",
        "Det finnes ingen faktor for drivstoffet transportøren oppgir; transportarbeidet regnes i stedet.",
    ),
    (
        "transport.mode_unknown",
        "The mode of transport is not known: the freight counts by what it cost, or waits.",
        "Transportmiddelet er ikke kjent: frakten regnes etter hva den kostet, eller venter.",
    ),
    (
        "transport.wrong_dimension",
        "The quantity is neither freight work nor a weight nor a distance. Correct its unit.",
        "Mengden er verken transportarbeid, vekt eller avstand. Rett enheten.",
    ),
    (
        "transport.load_alone",
        "A load factor counts together with a share of empty running; one of them is missing, so the published average counts.",
        "En fyllingsgrad regnes sammen med en andel tomkjøring; en av dem mangler, så det publiserte snittet regnes.",
    ),
    (
        "transport.load_unknown",
        "Nothing says what this vehicle emits empty and full; the published average counts.",
        "Ingenting sier hva dette kjøretøyet slipper ut tomt og fullt; det publiserte snittet regnes.",
    ),
    (
        "transport.hub_unknown",
        "A terminal without a weight or a factor: it waits.",
        "En terminal uten vekt eller faktor: den venter.",
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
        "factor.other_region",
        "A factor of another country stands in.",
        "En faktor fra et annet land er brukt.",
    ),
    (
        "factor.country_mismatch",
        "Spend is counted with a factor of another country, where prices differ.",
        "Innkjøp er regnet med en faktor fra et annet land, der prisene er andre.",
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

/// Name of an item of the catalogue: English, then Norwegian bokmål; `None` for a key that is none.
pub fn item_name(key: &str) -> Option<(&'static str, &'static str)> {
    let item = greenheart_ingest::tables::items().iter().find(|item| item.key == key)?;
    Some((item.name_en, item.name_nb))
}

/// Meaning and remedy of a finding's code: English, then Norwegian bokmål.
pub fn explain_finding(code: &str) -> Option<(&'static str, &'static str)> {
    let own = OWN
        .iter()
        .map(|(known, english, norwegian)| (*known, *english, *norwegian));
    let readers = READERS.iter().flat_map(|table| table.iter());
    let of_readers = readers.map(|(known, _, english, norwegian)| (*known, *english, *norwegian));
    own.chain(of_readers)
        .find(|(known, _, _)| *known == code)
        .map(|(_, english, norwegian)| (english, norwegian))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_explained() {
        for code in [
            "import.empty",
            "saft.truncated",
            "table.empty",
            "import.format_unknown",
            "factor.none",
        ] {
            assert!(super::explain_finding(code).is_some(), "{code}");
        }
        assert!(super::explain_finding("no.such").is_none());
    }
}
