//! Which column of a waste report holds what.

use crate::tables::{bracketed, position};

/// Where things stand. Positions from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub from: Option<usize>,
    pub to: Option<usize>,
    pub item: Option<usize>,
    pub number: Option<usize>,
    pub code: Option<usize>,
    pub weight: Option<usize>,
    /// Unit in the header of the weight.
    pub header_unit: Option<String>,
    pub unit: Option<usize>,
    pub treatment: Option<usize>,
    pub hazardous: Option<usize>,
    pub receiver: Option<usize>,
    pub receiver_org: Option<usize>,
    pub amount: Option<usize>,
    pub document: Option<usize>,
    pub site: Option<usize>,
    pub owner_org: Option<usize>,
}

const FROM: &[&str] = &[
    "dato",
    "date",
    "fra",
    "from",
    "fra dato",
    "hentet",
    "hentedato",
    "leveringsdato",
    "levert dato",
    "periode",
    "period",
    "måned",
    "month",
    "veiedato",
    "tømmedato",
    "mottatt dato",
    "utført dato",
];
const TO: &[&str] = &["til", "to", "til dato"];
const ITEM: &[&str] = &[
    "avfallstype",
    "fraksjon",
    "avfallsfraksjon",
    "avfallsslag",
    "type avfall",
    "avfall",
    "vare",
    "varenavn",
    "materiale",
    "beskrivelse",
    "waste type",
    "waste",
    "fraction",
    "material",
    "description",
    "artikkel",
    "varetekst",
    "item",
];
const NUMBER: &[&str] = &[
    "avfallsstoffnummer",
    "avfallsstoffnr",
    "avfallsstoffnr.",
    "avf.stoffnr",
    "avf.stoffnr.",
    "stoffnr",
    "stoffnummer",
    "ns 9431",
    "ns9431",
    "ns-nummer",
    "norsas",
    "norsas-nr",
    "waste substance number",
];
const CODE: &[&str] = &[
    "eal",
    "eal-kode",
    "ealkode",
    "eal kode",
    "ewc",
    "ewc-kode",
    "ewc code",
    "ewc-code",
    "avfallskode",
    "waste code",
    "low code",
    "kode",
    "eal-nr",
];
const WEIGHT: &[&str] = &[
    "vekt",
    "nettovekt",
    "netto",
    "netto vekt",
    "mengde",
    "kg",
    "tonn",
    "weight",
    "net weight",
    "quantity",
    "mass",
    "antall kg",
    "vekt kg",
    "vekt tonn",
    "sum kg",
    "sum tonn",
    "kvantum",
    "tonnes",
];
const UNIT: &[&str] = &["enhet", "unit", "måleenhet"];
const TREATMENT: &[&str] = &[
    "behandling",
    "behandlingsmåte",
    "behandlingsform",
    "disponering",
    "sluttbehandling",
    "behandlingskode",
    "r/d-kode",
    "rd-kode",
    "r/d",
    "treatment",
    "treatment code",
    "recovery",
    "disposal",
    "gjenvinningsmåte",
    "r/d code",
    "håndtering",
];
const HAZARDOUS: &[&str] = &["farlig avfall", "farlig", "hazardous", "hazardous waste"];
const RECEIVER: &[&str] = &[
    "mottaker",
    "mottak",
    "mottaksanlegg",
    "behandlingsanlegg",
    "nedstrøms mottaker",
    "receiver",
    "facility",
    "behandler",
    "leverandør",
    "motpart",
    "avfallsselskap",
];
const RECEIVER_ORG: &[&str] = &[
    "mottaker orgnr",
    "orgnr mottaker",
    "mottakers orgnr",
    "motpart orgnr",
    "receiver org no",
    "orgnr. mottaker",
    "leverandør orgnr",
];
const AMOUNT: &[&str] = &[
    "beløp",
    "sum eks mva",
    "netto beløp",
    "kostnad",
    "amount",
    "cost",
    "beløp eks mva",
    "pris totalt",
];
const DOCUMENT: &[&str] = &[
    "deklarasjonsnummer",
    "deklarasjonsnr",
    "deklarasjon",
    "følgeseddel",
    "følgeseddelnr",
    "veieseddel",
    "veieseddelnr",
    "seddelnr",
    "bilag",
    "bilagsnr",
    "ordrenr",
    "oppdragsnr",
    "weighbridge ticket",
    "declaration",
    "ticket",
    "consignment note",
];
const SITE: &[&str] = &[
    "anlegg",
    "avdeling",
    "lokasjon",
    "hentested",
    "site",
    "location",
    "adresse",
];
const OWNER_ORG: &[&str] = &[
    "kunde orgnr",
    "orgnr kunde",
    "avfallsprodusent orgnr",
    "organisasjonsnummer",
    "orgnr",
    "org.nr.",
];
/// A column that says what kind of activity a row is: such tables have a reader of their own.
const KIND: &[&str] = &["type", "kind", "aktivitet", "activity"];

impl Columns {
    /// The columns that these headers name; `None` when they are not those of a waste report: a weight, and what it is
    /// of by code, number or fraction together with what became of it.
    pub(super) fn of(headers: &[String]) -> Option<Self> {
        let at = |names| position(headers, names);
        let code = at(CODE);
        let columns = Self {
            from: at(FROM),
            to: at(TO),
            item: at(ITEM),
            number: at(NUMBER),
            weight: at(WEIGHT),
            unit: at(UNIT),
            treatment: at(TREATMENT),
            hazardous: at(HAZARDOUS),
            receiver: at(RECEIVER),
            receiver_org: at(RECEIVER_ORG),
            amount: at(AMOUNT),
            document: at(DOCUMENT),
            site: at(SITE),
            owner_org: at(OWNER_ORG),
            header_unit: at(WEIGHT).and_then(|at| unit_of(&headers[at])),
            code,
        };
        let is_waste = headers.iter().any(|header| {
            ["avfall", "eal", "ewc", "fraksjon", "waste"]
                .iter()
                .any(|w| header.contains(w))
        });
        let named = columns.number.is_some() || (columns.code.is_some() && is_waste);
        let described =
            columns.item.is_some() && is_waste && (columns.treatment.is_some() || columns.receiver.is_some());
        let when = columns.from.is_some() || columns.to.is_some();
        let general = at(KIND).is_some();
        (when && columns.weight.is_some() && (named || described) && !general).then_some(columns)
    }
}

fn unit_of(header: &str) -> Option<String> {
    let plain = bracketed(header).unwrap_or(header);
    let word = plain
        .split(' ')
        .find(|word| matches!(*word, "kg" | "tonn" | "tonnes" | "t" | "m3" | "m³"))?;
    Some(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &str) -> Option<Columns> {
        let headers: Vec<String> = headers.split(';').map(str::to_lowercase).collect();
        Columns::of(&headers)
    }

    #[test]
    fn reports_are_told_from_general_tables() {
        let report = of("Dato;Avfallstype;Avfallsstoffnr;EAL-kode;Vekt (kg);Behandling;Mottaker").expect("a report");
        assert_eq!((report.weight, report.header_unit.as_deref()), (Some(4), Some("kg")));
        assert!(of("Periode;Fraksjon;Tonn;Disponering").is_some_and(|c| c.header_unit.as_deref() == Some("tonn")));
        assert!(of("Date;Waste type;EWC code;Net weight;Unit;Treatment code").is_some());
        for other in [
            "Type;Vare;Avfallskode;Behandling;Anlegg;Fra;Til;Mengde;Enhet",
            "Dato;Vare;Mengde;Enhet",
            "Fra;Til;KWH 60 Forbruk;Kvalitet",
            "Dato;Transportør;Vekt (kg);Avstand (km)",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
