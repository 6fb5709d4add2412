//! Every finding of this reader: code, severity, and what to do, in English and Norwegian.

use greenheart_model::{Severity, Text};

use crate::told::tell;
use crate::{ReadError, Sink};

use Severity::{Error, Note, Warning};

/// Code, severity, English and Norwegian advice.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "table.empty",
        Error,
        "The file has no rows. Export it again.",
        "Filen har ingen rader. Eksporter den på nytt.",
    ),
    (
        "table.format_unsupported",
        Error,
        "The file is neither CSV, XLSX nor XLS. Save it as XLSX or CSV.",
        "Filen er verken CSV, XLSX eller XLS. Lagre den som XLSX eller CSV.",
    ),
    (
        "table.is_html",
        Error,
        "The file is a web page, whatever its name says. Open it and save it as XLSX or CSV.",
        "Filen er en nettside, uansett navn. Åpne den og lagre som XLSX eller CSV.",
    ),
    (
        "table.extension",
        Note,
        "The contents are of another kind than the file name says; the contents count.",
        "Innholdet er av en annen type enn filnavnet sier; innholdet gjelder.",
    ),
    (
        "table.damaged",
        Error,
        "The workbook cannot be opened. Save it again.",
        "Arbeidsboken kan ikke åpnes. Lagre den på nytt.",
    ),
    (
        "table.zip_bomb",
        Error,
        "The workbook unpacks to more than is allowed. Split it or save it as CSV.",
        "Arbeidsboken pakkes ut til mer enn tillatt. Del den eller lagre som CSV.",
    ),
    (
        "table.encrypted",
        Error,
        "The workbook is protected by a password. Save it without.",
        "Arbeidsboken er passordbeskyttet. Lagre den uten passord.",
    ),
    (
        "table.sheet_missing",
        Error,
        "The sheet named in the mapping is not there. Correct the mapping.",
        "Arket som koblingen navngir finnes ikke. Rett koblingen.",
    ),
    (
        "table.sheets_skipped",
        Note,
        "Only one sheet is read; name another one in a mapping.",
        "Bare ett ark leses; navngi et annet i en kobling.",
    ),
    (
        "table.binary",
        Error,
        "The file has bytes that no text has. Export it again as text.",
        "Filen har byte som ikke finnes i tekst. Eksporter den på nytt som tekst.",
    ),
    (
        "table.encoding",
        Note,
        "The file is not UTF-8; check that æ, ø and å came out right.",
        "Filen er ikke UTF-8; sjekk at æ, ø og å ble riktige.",
    ),
    (
        "table.encoding_mixed",
        Warning,
        "The file mixes encodings. Check the rows with special letters.",
        "Filen blander tegnsett. Sjekk rader med spesialtegn.",
    ),
    (
        "table.too_many_columns",
        Error,
        "The table has more columns than is allowed. Remove the unused ones.",
        "Tabellen har flere kolonner enn tillatt. Fjern ubrukte.",
    ),
    (
        "table.too_many_rows",
        Error,
        "The table has more rows than is allowed. Split the file.",
        "Tabellen har flere rader enn tillatt. Del filen.",
    ),
    (
        "table.cell_too_large",
        Error,
        "A cell is larger than is allowed; often a quote was never closed.",
        "En celle er større enn tillatt; ofte mangler et avsluttende anførselstegn.",
    ),
    (
        "table.quote_unclosed",
        Error,
        "A quote opens and never closes. Export the file again.",
        "Et anførselstegn åpnes og lukkes aldri. Eksporter filen på nytt.",
    ),
    (
        "table.mapping_needed",
        Error,
        "The headers are not those of a template. Make a mapping with the proposed columns.",
        "Overskriftene er ikke fra en mal. Lag en kobling fra forslaget.",
    ),
    (
        "table.mapping_version",
        Error,
        "The mapping is of a newer format than this program.",
        "Koblingen har et nyere format enn dette programmet.",
    ),
    (
        "table.mapping_value",
        Error,
        "A fixed value of the mapping cannot be understood. Correct the mapping.",
        "En fast verdi i koblingen kan ikke forstås. Rett koblingen.",
    ),
    (
        "table.column_missing",
        Error,
        "A column named in the mapping is not in the file. Correct the mapping or the file.",
        "En kolonne i koblingen finnes ikke i filen. Rett koblingen eller filen.",
    ),
    (
        "table.column_unmapped",
        Note,
        "A column is not used. Map it if it matters.",
        "En kolonne brukes ikke. Koble den om den betyr noe.",
    ),
    (
        "table.hidden",
        Note,
        "The workbook has hidden rows or columns. They are read like all others; delete them if they should not count.",
        "Arbeidsboken har skjulte rader eller kolonner. De leses som alle andre; slett dem hvis de ikke skal telle.",
    ),
    (
        "table.merged",
        Note,
        "The workbook has merged cells. The first of them holds the value, the others count as empty.",
        "Arbeidsboken har sammenslåtte celler. Den første har verdien, de andre regnes som tomme.",
    ),
    (
        "table.header_repeated",
        Note,
        "The headers stand in the table again and are skipped.",
        "Overskriftene gjentas i tabellen og hoppes over.",
    ),
    (
        "table.decimal_ambiguous",
        Error,
        "All numbers of the column can be read in two ways (1.250). State the decimal mark in the mapping.",
        "Alle tall i kolonnen kan leses på to måter (1.250). Oppgi desimaltegn i koblingen.",
    ),
    (
        "table.decimal_mixed",
        Warning,
        "The column uses both decimal marks. State one in the mapping.",
        "Kolonnen bruker begge desimaltegn. Oppgi ett i koblingen.",
    ),
    (
        "table.date_ambiguous",
        Error,
        "The dates of the column can be day first or month first (03/04/2024). State the order in the mapping.",
        "Datoene i kolonnen kan ha dag eller måned først (03/04/2024). Oppgi rekkefølge i koblingen.",
    ),
    (
        "table.number",
        Warning,
        "A cell is not a number. Correct it.",
        "En celle er ikke et tall. Rett den.",
    ),
    (
        "table.negative",
        Warning,
        "The quantity is below zero where that cannot be; it is kept as text.",
        "Mengden er under null der det ikke går an; den beholdes som tekst.",
    ),
    (
        "table.percent",
        Warning,
        "A percentage is outside 0 to 100 and is left out.",
        "En prosentandel er utenfor 0 til 100 og utelates.",
    ),
    (
        "table.percent_fraction",
        Warning,
        "A percentage between 0 and 1 may be a share; write 30, not 0.3. It is left out.",
        "En prosent mellom 0 og 1 kan være en andel; skriv 30, ikke 0,3. Den utelates.",
    ),
    (
        "table.formula",
        Warning,
        "The cell is a formula as text. It is never evaluated and counts as empty.",
        "Cellen er en formel som tekst. Den beregnes aldri og regnes som tom.",
    ),
    (
        "table.cell_error",
        Warning,
        "The spreadsheet shows an error in the cell (#N/A). It counts as empty.",
        "Regnearket viser en feil i cellen (#I/T). Den regnes som tom.",
    ),
    (
        "table.unit_missing",
        Warning,
        "The quantity has no unit and is kept as text. Add a unit column or a fixed unit.",
        "Mengden mangler enhet og beholdes som tekst. Legg til enhet.",
    ),
    (
        "table.unit_unknown",
        Warning,
        "The unit is not known; the quantity is kept as text.",
        "Enheten er ukjent; mengden beholdes som tekst.",
    ),
    (
        "table.unit_dimension",
        Error,
        "The unit measures something else than this kind of activity. Correct unit or kind.",
        "Enheten måler noe annet enn denne typen aktivitet. Rett enhet eller type.",
    ),
    (
        "table.too_large",
        Warning,
        "The converted number does not fit the ledger and is kept as text.",
        "Det omregnede tallet får ikke plass og beholdes som tekst.",
    ),
    (
        "table.kind_unknown",
        Warning,
        "The kind is not known. Use the words of the templates.",
        "Typen er ukjent. Bruk ordene i malene.",
    ),
    (
        "table.item_unknown",
        Warning,
        "The item is not in the catalogue; it is kept as text and gets no factor until mapped.",
        "Varen er ikke i katalogen; den beholdes som tekst og får ingen faktor før den er koblet.",
    ),
    (
        "table.item_missing",
        Warning,
        "The row does not say what it is of.",
        "Raden sier ikke hva den gjelder.",
    ),
    (
        "table.use_unknown",
        Warning,
        "Use `vehicle` or `stationary`; the catalogue's use is taken.",
        "Bruk `kjøretøy` eller `stasjonær`; katalogens bruk er valgt.",
    ),
    (
        "table.site_unknown",
        Warning,
        "The site is not registered; the row counts for the company as a whole.",
        "Anlegget er ikke registrert; raden gjelder hele selskapet.",
    ),
    (
        "table.period_long",
        Note,
        "The row covers more than a year; it is booked in its last month.",
        "Raden dekker mer enn et år; den bokføres i siste måned.",
    ),
    (
        "table.date",
        Warning,
        "A date cannot be understood. Write 2024-01-31 or 31.01.2024.",
        "En dato kan ikke forstås. Skriv 2024-01-31 eller 31.01.2024.",
    ),
    (
        "table.date_range",
        Warning,
        "A date lies outside the years that are accepted.",
        "En dato ligger utenfor årene som godtas.",
    ),
    (
        "table.currency",
        Warning,
        "The currency is not a code of three letters; the amount is left out.",
        "Valutaen er ikke en kode på tre bokstaver; beløpet utelates.",
    ),
    (
        "table.org_no",
        Warning,
        "The organisation number is not valid and is left out.",
        "Organisasjonsnummeret er ugyldig og utelates.",
    ),
    (
        "table.name_dropped",
        Note,
        "A name without organisation number or company form may be a person's and is not kept.",
        "Et navn uten organisasjonsnummer eller selskapsform kan være en person og beholdes ikke.",
    ),
    (
        "table.country",
        Warning,
        "The country is not a code of two letters and is left out.",
        "Landet er ikke en kode på to bokstaver og utelates.",
    ),
    (
        "table.waste_code",
        Warning,
        "The waste code is not one of six digits and is left out.",
        "Avfallskoden har ikke seks siffer og utelates.",
    ),
    (
        "table.treatment_unknown",
        Warning,
        "The treatment is not known; the waste counts as lost.",
        "Behandlingen er ukjent; avfallet regnes som tapt.",
    ),
    (
        "table.hazardous_ignored",
        Note,
        "The hazard flag is not used; the list of waste decides.",
        "Farlig-merket brukes ikke; avfallslisten avgjør.",
    ),
    (
        "table.other_company",
        Warning,
        "The row belongs to another company and is not taken.",
        "Raden tilhører et annet selskap og tas ikke med.",
    ),
    (
        "table.only_other_company",
        Error,
        "Every row belongs to another company. Check that this is the right file.",
        "Alle rader tilhører et annet selskap. Sjekk at det er riktig fil.",
    ),
    (
        "table.row_long",
        Warning,
        "The row has more cells than there are headers; its columns may have shifted. Quote text with delimiters.",
        "Raden har flere celler enn overskrifter; kolonner kan ha forskjøvet seg. Sett anførselstegn.",
    ),
    (
        "table.row_short",
        Note,
        "The row has fewer cells than there are headers; the missing ones count as empty.",
        "Raden har færre celler enn overskrifter; de som mangler regnes som tomme.",
    ),
    (
        "table.row_unusable",
        Warning,
        "The row cannot be used; the particulars say why.",
        "Raden kan ikke brukes; detaljene sier hvorfor.",
    ),
    (
        "table.rows_none",
        Error,
        "No row of the file can be used.",
        "Ingen rad i filen kan brukes.",
    ),
    (
        "table.control_total",
        Error,
        "A total in the file differs from the sum of its rows. A row is missing or wrong.",
        "En sum i filen avviker fra summen av radene. En rad mangler eller er feil.",
    ),
    (
        "table.coverage_assumed",
        Note,
        "The file does not say what it covers completely; the months with rows are assumed. Correct it if months are missing.",
        "Filen sier ikke hva den dekker fullstendig; måneder med rader er antatt. Rett om måneder mangler.",
    ),
    (
        "table.coverage_line",
        Warning,
        "A coverage line cannot be understood. Write `# coverage: energy 2024`.",
        "En dekningslinje kan ikke forstås. Skriv `# coverage: energy 2024`.",
    ),
];

/// Gives findings of one file to a sink.
pub(super) struct Report<'s> {
    pub sink: &'s mut dyn Sink,
    pub file: Text,
}

impl Report<'_> {
    /// Notes a finding; row 0 means the file, an empty field the row.
    pub fn note(&mut self, code: &'static str, row: u64, field: &str, detail: impl Into<String>) {
        tell(self.sink, FINDINGS, code, (&self.file, row, field), detail.into());
    }

    /// Notes why the file cannot be used, and gives the error to return.
    pub fn refuse(&mut self, code: &'static str, row: u64, detail: impl Into<String>) -> ReadError {
        self.note(code, row, "", detail);
        ReadError::Refused { code }
    }
}

/// At most the first 80 characters, for a finding.
pub(super) fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(80).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, (code, _, en, nb)) in FINDINGS.iter().enumerate() {
            assert!(code.starts_with("table.") && !en.is_empty() && !nb.is_empty(), "{code}");
            assert!(
                FINDINGS[at + 1..].iter().all(|(other, ..)| other != code),
                "{code} stands twice"
            );
        }
    }
}
