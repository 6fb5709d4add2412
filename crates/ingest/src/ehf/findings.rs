//! Every code that this reader reports, what it means, and what to do.

use greenheart_model::Severity::{self, Error, Note, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
///
/// A document that cannot be read is an error when it comes alone. Among others it is a warning, and passed over.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    ("ehf.empty", Error, "The file has no content.", "Filen er tom."),
    (
        "ehf.nothing",
        Error,
        "No invoice, credit note or despatch advice in the set could be used; the other findings say why.",
        "Ingen faktura, kreditnota eller pakkseddel i settet kunne brukes; de andre funnene sier hvorfor.",
    ),
    (
        "ehf.not_ehf",
        Error,
        "This is not an invoice, credit note or despatch advice in EHF or Peppol format. A PDF or picture of an invoice is not read.",
        "Dette er ikke en faktura, kreditnota eller pakkseddel i EHF- eller Peppol-format. PDF og bilder av fakturaer leses ikke.",
    ),
    (
        "ehf.not_xml",
        Note,
        "A file in the archive is not XML and is passed over.",
        "En fil i arkivet er ikke XML og er hoppet over.",
    ),
    (
        "ehf.nested_archive",
        Warning,
        "An archive inside the archive is not opened. Unpack it and hand in its files.",
        "Et arkiv inni arkivet åpnes ikke. Pakk det ut og lever filene.",
    ),
    (
        "ehf.truncated",
        Error,
        "The file ends in the middle. Fetch it again.",
        "Filen slutter midt i. Hent den på nytt.",
    ),
    (
        "ehf.malformed",
        Error,
        "The XML is broken at the place named.",
        "XML-en er ødelagt på stedet som er oppgitt.",
    ),
    (
        "ehf.encoding",
        Error,
        "The bytes are not in the encoding that the file states.",
        "Tegnene er ikke i tegnsettet som filen oppgir.",
    ),
    (
        "ehf.doctype",
        Error,
        "The file declares its own entities, which invoices do not, and which can hide an attack. It is not read.",
        "Filen erklærer egne entiteter. Det gjør ikke fakturaer, og det kan skjule et angrep. Den leses ikke.",
    ),
    (
        "ehf.too_large",
        Error,
        "The content passes a limit of size.",
        "Innholdet går over en størrelsesgrense.",
    ),
    (
        "ehf.archive",
        Error,
        "The archive cannot be read.",
        "Arkivet kan ikke leses.",
    ),
    (
        "ehf.namespace",
        Warning,
        "The document lacks the namespace of UBL. It is read by the names of its elements.",
        "Dokumentet mangler navnerommet til UBL. Det leses etter elementnavn.",
    ),
    (
        "ehf.other_company",
        Warning,
        "The document is neither to nor from this company and is not taken.",
        "Dokumentet er verken til eller fra dette foretaket og tas ikke med.",
    ),
    (
        "ehf.no_buyer",
        Warning,
        "The document names no number of its buyer; it is taken as the company's own.",
        "Dokumentet oppgir ikke kjøperens nummer; det regnes som foretakets eget.",
    ),
    (
        "ehf.no_number",
        Warning,
        "The document has no number, so that a second copy of it would not be noticed.",
        "Dokumentet har ikke nummer, så en kopi av det ville ikke blitt oppdaget.",
    ),
    (
        "ehf.duplicate",
        Note,
        "The same document stands there twice; it counts once.",
        "Samme dokument finnes to ganger; det teller én gang.",
    ),
    (
        "ehf.duplicate_differs",
        Warning,
        "Two documents of one seller have the same number and different content. The first counts; ask the seller which is right.",
        "To dokumenter fra én selger har samme nummer og ulikt innhold. Det første gjelder; spør selgeren hvilket som er riktig.",
    ),
    (
        "ehf.credit_alone",
        Note,
        "A credit note does not say which invoice it is about.",
        "En kreditnota sier ikke hvilken faktura den gjelder.",
    ),
    (
        "ehf.credit_without_invoice",
        Note,
        "The invoice that a credit note is about is not in the set. If it was never imported, the credit counts alone.",
        "Fakturaen som en kreditnota gjelder, er ikke i settet. Er den aldri importert, står krediten alene.",
    ),
    (
        "ehf.type_code",
        Warning,
        "An invoice has the type of a credit note; it is read as one.",
        "En faktura har typen til en kreditnota; den leses som det.",
    ),
    (
        "ehf.currency",
        Warning,
        "The document states no currency that is a code of three letters. Without any, kroner are assumed; with a wrong one it is not taken.",
        "Dokumentet oppgir ikke en valutakode på tre bokstaver. Uten valuta antas kroner; med feil valuta tas det ikke med.",
    ),
    (
        "ehf.currency_mixed",
        Warning,
        "A line is in another currency than its document; the line's own counts.",
        "En linje er i en annen valuta enn dokumentet; linjens egen gjelder.",
    ),
    (
        "ehf.amount",
        Warning,
        "A number cannot be read; it is missing.",
        "Et tall kan ikke leses; det mangler.",
    ),
    (
        "ehf.no_amount",
        Warning,
        "A line has no amount.",
        "En linje mangler beløp.",
    ),
    (
        "ehf.date",
        Warning,
        "A date cannot be read or lies outside the calendar; it is missing.",
        "En dato kan ikke leses eller ligger utenfor kalenderen; den mangler.",
    ),
    (
        "ehf.no_date",
        Warning,
        "Nothing says when a line or delivery was; it is not taken.",
        "Ingenting sier når en linje eller levering var; den tas ikke med.",
    ),
    (
        "ehf.no_totals",
        Warning,
        "The document states no totals to check its lines against.",
        "Dokumentet oppgir ingen summer å sjekke linjene mot.",
    ),
    (
        "ehf.control_total",
        Warning,
        "The lines of a document do not add up to the total that it states.",
        "Linjene i et dokument summerer ikke til summen det oppgir.",
    ),
    (
        "ehf.tax_included",
        Warning,
        "The lines include VAT, which the format does not allow. Their net amounts are used.",
        "Linjene inkluderer mva., noe formatet ikke tillater. Nettobeløpene brukes.",
    ),
    (
        "ehf.line_amount",
        Note,
        "Quantity times price is not the amount of the line. Quantity or unit may be wrong.",
        "Mengde ganger pris er ikke linjebeløpet. Mengde eller enhet kan være feil.",
    ),
    (
        "ehf.unit",
        Warning,
        "A unit does not fit what it measures; the quantity is kept as it stood.",
        "En enhet passer ikke til det den måler; mengden beholdes som den sto.",
    ),
    (
        "ehf.unit_unknown",
        Warning,
        "A unit code is not known; the quantity is kept as it stood.",
        "En enhetskode er ukjent; mengden beholdes som den sto.",
    ),
    (
        "ehf.co2_value",
        Warning,
        "A CO2 property is not a number; it is not used.",
        "En CO2-egenskap er ikke et tall; den brukes ikke.",
    ),
    (
        "ehf.co2_differs",
        Warning,
        "The CO2 of a line is not its factor times its quantity. The stated total of the line is used; ask the seller.",
        "CO2 for en linje er ikke faktor ganger mengde. Linjens oppgitte sum brukes; spør selgeren.",
    ),
    (
        "ehf.co2_gas",
        Note,
        "An emission of another gas than CO2 is stated and not used.",
        "Utslipp av en annen gass enn CO2 er oppgitt og brukes ikke.",
    ),
    (
        "ehf.co2_implausible",
        Warning,
        "The stated CO2 is far from what the stated fuel can give; the unit may be wrong. It is kept as stated.",
        "Oppgitt CO2 er langt fra det oppgitt drivstoff kan gi; enheten kan være feil. Det beholdes som oppgitt.",
    ),
    (
        "ehf.period_end",
        Note,
        "The end of a period is the first day of the next one; the day before is used.",
        "Slutten på en periode er første dag i den neste; dagen før brukes.",
    ),
    (
        "ehf.energy_lines",
        Note,
        "A bill charges the same kilowatt-hours on several lines, and fixed charges beside them; they are one row for each metering point and period.",
        "En regning fakturerer de samme kilowattimene på flere linjer, med faste ledd ved siden av; de blir én rad per målepunkt og periode.",
    ),
    (
        "ehf.energy_differs",
        Warning,
        "Lines of one bill state different kilowatt-hours for the same period; the largest counts.",
        "Linjer på én regning oppgir ulike kilowattimer for samme periode; den største gjelder.",
    ),
    (
        "ehf.energy_repeated",
        Note,
        "Another seller bills the kilowatt-hours of this metering point and period too (grid and power come apart); they count once.",
        "En annen selger fakturerer også kilowattimene for dette målepunktet og perioden (nett og kraft kommer hver for seg); de teller én gang.",
    ),
    (
        "ehf.energy_overlap",
        Warning,
        "A seller bills a metering point twice for the same days. If one corrects the other, its credit note is missing.",
        "En selger fakturerer et målepunkt to ganger for de samme dagene. Retter den ene den andre, mangler kreditnotaen.",
    ),
    (
        "ehf.coverage_assumed",
        Note,
        "Invoices do not say what they cover completely; the months with energy, waste or freight are assumed. Correct it if months are missing.",
        "Fakturaer sier ikke hva de dekker fullstendig; måneder med energi, avfall eller frakt er antatt. Rett om måneder mangler.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_explained() {
        for (at, (code, _, en, nb)) in FINDINGS.iter().enumerate() {
            assert!(code.starts_with("ehf.") && !en.is_empty() && !nb.is_empty(), "{code}");
            assert!(
                FINDINGS[at + 1..].iter().all(|(other, ..)| other != code),
                "{code} stands twice"
            );
        }
    }
}
