//! The fields of a row, and the headers under which people write them.

use greenheart_units::Unit;
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Kind of activity, in words.
    Kind,
    /// What it is of.
    Item,
    /// `vehicle` or `stationary`, for fuel.
    Use,
    /// Site: its identifier, name or sub-unit number.
    Site,
    /// First day.
    From,
    /// Last day.
    To,
    /// One day.
    Date,
    /// A month: `2024-03`, `mars 2024`, or a number or name beside [`Field::Year`].
    Month,
    /// A year.
    Year,
    /// A day, month, quarter, year or two days, whichever stands there.
    Period,
    /// How much.
    Quantity,
    /// Unit of the quantity.
    Unit,
    /// What it cost or brought, without VAT.
    Amount,
    /// Currency of the amount.
    Currency,
    /// Organisation number of the other side.
    CounterpartyOrg,
    /// Name of the other side.
    CounterpartyName,
    /// Country of the other side.
    CounterpartyCountry,
    /// Code of the waste.
    WasteCode,
    /// What became of the waste.
    Treatment,
    /// Hazardous or not: noted and left to the list of waste.
    Hazardous,
    /// Share of primary material, %.
    PrimaryShare,
    /// Dry content, %.
    DryContent,
    /// kg CO2e that the supplier states for the row.
    SupplierCo2e,
    /// Organisation number of the company whose row it is.
    OrgNo,
    /// A remark, read by people only.
    Note,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 25] = [
        Self::Kind,
        Self::Item,
        Self::Use,
        Self::Site,
        Self::From,
        Self::To,
        Self::Date,
        Self::Month,
        Self::Year,
        Self::Period,
        Self::Quantity,
        Self::Unit,
        Self::Amount,
        Self::Currency,
        Self::CounterpartyOrg,
        Self::CounterpartyName,
        Self::CounterpartyCountry,
        Self::WasteCode,
        Self::Treatment,
        Self::Hazardous,
        Self::PrimaryShare,
        Self::DryContent,
        Self::SupplierCo2e,
        Self::OrgNo,
        Self::Note,
    ];
    /// The fields that say when.
    pub const TIMES: [Self; 6] = [Self::From, Self::To, Self::Date, Self::Month, Self::Year, Self::Period];
    /// The fields that are numbers.
    pub const NUMBERS: [Self; 5] = [
        Self::Quantity,
        Self::Amount,
        Self::PrimaryShare,
        Self::DryContent,
        Self::SupplierCo2e,
    ];

    /// The stable name, as in a saved mapping.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Item => "item",
            Self::Use => "use",
            Self::Site => "site",
            Self::From => "from",
            Self::To => "to",
            Self::Date => "date",
            Self::Month => "month",
            Self::Year => "year",
            Self::Period => "period",
            Self::Quantity => "quantity",
            Self::Unit => "unit",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::CounterpartyOrg => "counterparty_org",
            Self::CounterpartyName => "counterparty_name",
            Self::CounterpartyCountry => "counterparty_country",
            Self::WasteCode => "waste_code",
            Self::Treatment => "treatment",
            Self::Hazardous => "hazardous",
            Self::PrimaryShare => "primary_share",
            Self::DryContent => "dry_content",
            Self::SupplierCo2e => "supplier_co2e",
            Self::OrgNo => "org_no",
            Self::Note => "note",
        }
    }

    /// Headers that surely mean this field, Norwegian and English, normalised.
    const fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &[
                "type",
                "kind",
                "aktivitet",
                "aktivitetstype",
                "activity",
                "activity type",
            ],
            Self::Item => &[
                "vare",
                "item",
                "artikkel",
                "article",
                "produkt",
                "product",
                "material",
                "materiale",
                "energibærer",
                "energy carrier",
                "drivstoff",
                "fuel",
                "fraksjon",
                "avfallstype",
                "waste type",
                "transportmiddel",
                "mode",
                "transport mode",
                "kuldemedium",
                "refrigerant",
                "varenavn",
            ],
            Self::Use => &["bruk", "use", "bruksområde"],
            Self::Site => &[
                "anlegg",
                "site",
                "sted",
                "lokasjon",
                "location",
                "avdeling",
                "underenhet",
                "bygg",
                "facility",
                "plant",
            ],
            Self::From => &[
                "fra",
                "from",
                "fra dato",
                "from date",
                "start",
                "startdato",
                "start date",
                "periode fra",
                "period from",
                "period start",
            ],
            Self::To => &[
                "til",
                "to",
                "til dato",
                "to date",
                "slutt",
                "sluttdato",
                "end",
                "end date",
                "periode til",
                "period to",
                "period end",
            ],
            Self::Date => &[
                "dato",
                "date",
                "fakturadato",
                "invoice date",
                "hentedato",
                "leveringsdato",
                "delivery date",
            ],
            Self::Month => &["måned", "maned", "month", "mnd"],
            Self::Year => &["år", "year", "årstall"],
            Self::Period => &["periode", "period", "tidspunkt"],
            Self::Quantity => &[
                "mengde",
                "quantity",
                "antall",
                "forbruk",
                "consumption",
                "volum",
                "vekt",
                "weight",
                "kvantum",
                "qty",
                "transportarbeid",
                "distanse",
                "distance",
                "energi",
                "energy",
            ],
            Self::Unit => &["enhet", "unit", "måleenhet", "uom", "unit of measure"],
            Self::Amount => &[
                "beløp",
                "amount",
                "kostnad",
                "cost",
                "sum eks mva",
                "beløp eks mva",
                "netto",
                "nettobeløp",
                "net amount",
                "kroner",
            ],
            Self::Currency => &["valuta", "currency"],
            Self::CounterpartyOrg => &[
                "motpart orgnr",
                "counterparty org no",
                "leverandør orgnr",
                "supplier org no",
                "leverandørens orgnr",
                "kunde orgnr",
                "customer org no",
                "transportør orgnr",
                "mottaker orgnr",
            ],
            Self::CounterpartyName => &[
                "motpart",
                "counterparty",
                "leverandør",
                "supplier",
                "kunde",
                "customer",
                "mottaker",
                "receiver",
                "transportør",
                "carrier",
                "vendor",
            ],
            Self::CounterpartyCountry => &[
                "land",
                "country",
                "leverandørland",
                "supplier country",
                "landkode",
                "country code",
            ],
            Self::WasteCode => &[
                "avfallskode",
                "waste code",
                "eal",
                "eal kode",
                "ewc",
                "ewc code",
                "eal-kode",
                "low code",
                "ewc-kode",
            ],
            Self::Treatment => &[
                "behandling",
                "treatment",
                "behandlingsmåte",
                "disponering",
                "sluttbehandling",
            ],
            Self::Hazardous => &["farlig", "hazardous", "farlig avfall"],
            Self::PrimaryShare => &["primærandel", "primary share", "andel primær", "primary"],
            Self::DryContent => &["tørrstoff", "dry content", "tørrstoffinnhold", "dry matter"],
            Self::SupplierCo2e => &[
                "leverandør kg co2e",
                "supplier kg co2e",
                "kg co2e",
                "co2e",
                "leverandørens co2e",
            ],
            Self::OrgNo => &[
                "orgnr",
                "org no",
                "organisasjonsnummer",
                "organisation number",
                "organization number",
            ],
            Self::Note => &[
                "merknad",
                "note",
                "kommentar",
                "comment",
                "notes",
                "remark",
                "beskrivelse",
                "description",
            ],
        }
    }
}

/// A header that is one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedColumn {
    pub field: Field,
    /// The unit that the header names: `Forbruk (kWh)`.
    pub unit: Option<&'static Unit>,
}

/// The field that a header surely means: a known word, with or without its unit behind it.
pub(super) fn field_of_header(header: &str) -> Option<NamedColumn> {
    let plain = normalise(header);
    if let Some(field) = exact(&plain) {
        return Some(NamedColumn { field, unit: None });
    }
    let (words, unit) = split_unit(&plain)?;
    let named = exact(words);
    match (named, Unit::find(unit)) {
        (Some(Field::Quantity), Ok(unit)) => Some(NamedColumn {
            field: Field::Quantity,
            unit: Some(unit),
        }),
        (Some(field @ Field::Amount), Ok(unit)) if unit.code == "NOK" => Some(NamedColumn { field, unit: None }),
        (Some(field @ (Field::PrimaryShare | Field::DryContent)), _) if unit == "%" => {
            Some(NamedColumn { field, unit: None })
        }
        (Some(field @ Field::SupplierCo2e), Ok(unit)) if unit.code == "kgCO2e" => {
            Some(NamedColumn { field, unit: None })
        }
        _ => None,
    }
}

/// The field that a header probably means: one of its words is a known header.
pub(super) fn likely_field(header: &str) -> Option<Field> {
    let plain = normalise(header);
    plain
        .split([' ', '(', ')', '/', '_', '-', ':', ','])
        .filter(|word| !word.is_empty())
        .find_map(exact)
}

/// Lower case, single blanks, no byte order mark, underscore as blank.
pub(crate) fn normalise(text: &str) -> String {
    let lower = text
        .to_lowercase()
        .replace(['_', '\u{a0}', '\u{202f}', '\u{feff}'], " ");
    let joined = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_end_matches([':', '*', '.']).trim_end().to_owned()
}

fn exact(plain: &str) -> Option<Field> {
    Field::ALL.into_iter().find(|field| field.headers().contains(&plain))
}

fn split_unit(plain: &str) -> Option<(&str, &str)> {
    let open = plain.rfind(['(', '['])?;
    let unit = plain[open + 1..].trim_end_matches([')', ']']);
    Some((plain[..open].trim_end(), unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_both_languages() {
        for (header, field, unit) in [
            ("Mengde", Some(Field::Quantity), None),
            (" QUANTITY ", Some(Field::Quantity), None),
            ("Forbruk (kWh)", Some(Field::Quantity), Some("KWH")),
            ("Vekt [tonn]", Some(Field::Quantity), Some("TNE")),
            ("Beløp (NOK)", Some(Field::Amount), None),
            ("Tørrstoff (%)", Some(Field::DryContent), None),
            ("leverandor", None, None),
            ("fra_dato", Some(Field::From), None),
            ("Mengde (furlongs)", None, None),
            ("", None, None),
        ] {
            let named = field_of_header(header);
            assert_eq!(named.map(|n| n.field), field, "{header}");
            assert_eq!(named.and_then(|n| n.unit).map(|u| u.code), unit, "{header}");
        }
    }

    #[test]
    fn every_header_names_one_field() {
        for field in Field::ALL {
            for header in field.headers() {
                assert_eq!(exact(header), Some(field), "{header}");
                assert_eq!(normalise(header), **header);
            }
        }
    }
}
