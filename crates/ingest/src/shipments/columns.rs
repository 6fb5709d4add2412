//! Which column of a freight table holds what.

use super::DistanceBasis;
use crate::tables::{bracketed, position};

/// Where things stand. Positions from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub date: Option<usize>,
    pub to_date: Option<usize>,
    pub number: Option<usize>,
    pub mass: Option<usize>,
    pub mass_unit: Option<String>,
    pub volume: Option<usize>,
    pub distance: Option<usize>,
    /// The basis that the header of the distance says.
    pub header_basis: Option<DistanceBasis>,
    pub basis: Option<usize>,
    pub freight_work: Option<usize>,
    pub mode: Option<usize>,
    pub vehicle: Option<usize>,
    pub carrier: Option<usize>,
    pub carrier_org: Option<usize>,
    pub from_postcode: Option<usize>,
    pub to_postcode: Option<usize>,
    pub from_place: Option<usize>,
    pub to_place: Option<usize>,
    pub from_country: Option<usize>,
    pub to_country: Option<usize>,
    pub fuel: Option<usize>,
    pub fuel_amount: Option<usize>,
    pub co2e: Option<usize>,
    pub co2e_unit: Option<String>,
    pub amount: Option<usize>,
    pub currency: Option<usize>,
    pub unit: Option<usize>,
    pub payer: Option<usize>,
    pub element: Option<usize>,
    pub load: Option<usize>,
    pub empty: Option<usize>,
}

const DATE: &[&str] = &[
    "dato",
    "date",
    "sendt",
    "sendedato",
    "sendt dato",
    "hentedato",
    "hentet",
    "leveringsdato",
    "levert",
    "ship date",
    "delivery date",
    "periode",
    "period",
    "måned",
    "month",
    "fakturadato",
    "fra dato",
];
const TO_DATE: &[&str] = &["til dato", "to date"];
const NUMBER: &[&str] = &[
    "sendingsnummer",
    "sendingsnr",
    "sending",
    "sendings-id",
    "forsendelse",
    "forsendelsesnr",
    "fraktbrev",
    "fraktbrevnr",
    "ordrenr",
    "ordrenummer",
    "consignment",
    "consignment no",
    "shipment",
    "shipment id",
    "shipment no",
    "waybill",
    "pakkseddel",
    "oppdragsnr",
    "sporingsnummer",
    "tracking number",
    "booking",
];
const MASS: &[&str] = &[
    "vekt",
    "bruttovekt",
    "brutto vekt",
    "kg",
    "tonn",
    "weight",
    "gross weight",
    "mass",
    "vekt kg",
    "fraktberegningsvekt",
    "tonnes",
    "chargeable weight",
];
const VOLUME: &[&str] = &["volum", "m3", "m³", "volume", "kubikk"];
const DISTANCE: &[&str] = &[
    "avstand",
    "distanse",
    "km",
    "kilometer",
    "distance",
    "kjørt avstand",
    "kjørte km",
    "kjørelengde",
    "driven distance",
    "driven km",
    "korteste avstand",
    "shortest distance",
    "luftlinje",
    "great circle distance",
    "avstand km",
    "transportavstand",
];
const BASIS: &[&str] = &["avstandsgrunnlag", "avstandstype", "distance basis", "distance type"];
const FREIGHT_WORK: &[&str] = &[
    "tonnkm",
    "tonnkilometer",
    "tkm",
    "tonn-km",
    "tonne-km",
    "tonne-kilometres",
    "transportarbeid",
];
const MODE: &[&str] = &[
    "transportmiddel",
    "transportmåte",
    "transporttype",
    "mode",
    "transport mode",
    "modus",
];
const VEHICLE: &[&str] = &[
    "kjøretøy",
    "kjøretøytype",
    "biltype",
    "vehicle",
    "vehicle type",
    "vogntype",
    "bil",
];
const CARRIER: &[&str] = &[
    "transportør",
    "speditør",
    "carrier",
    "haulier",
    "forwarder",
    "leverandør",
    "fraktfører",
    "motpart",
];
const CARRIER_ORG: &[&str] = &[
    "transportør orgnr",
    "orgnr transportør",
    "carrier org no",
    "leverandør orgnr",
    "motpart orgnr",
    "orgnr",
];
const FROM_POSTCODE: &[&str] = &[
    "fra postnr",
    "fra postnummer",
    "avsender postnr",
    "from postcode",
    "from zip",
    "origin postcode",
    "postnr fra",
];
const TO_POSTCODE: &[&str] = &[
    "til postnr",
    "til postnummer",
    "mottaker postnr",
    "to postcode",
    "to zip",
    "destination postcode",
    "postnr til",
];
const FROM_PLACE: &[&str] = &[
    "fra",
    "fra sted",
    "avsender",
    "avsendersted",
    "from",
    "origin",
    "lastested",
    "opplastingssted",
];
const TO_PLACE: &[&str] = &[
    "til",
    "til sted",
    "mottaker",
    "mottakersted",
    "to",
    "destination",
    "lossested",
];
const FROM_COUNTRY: &[&str] = &["fra land", "avsenderland", "from country", "origin country"];
const TO_COUNTRY: &[&str] = &["til land", "mottakerland", "to country", "destination country"];
const FUEL: &[&str] = &["drivstoff", "drivstofftype", "fuel", "fuel type"];
const FUEL_AMOUNT: &[&str] = &[
    "drivstofforbruk",
    "liter",
    "liter drivstoff",
    "drivstoff liter",
    "fuel consumption",
    "fuel litres",
    "forbruk",
];
const CO2E: &[&str] = &[
    "co2",
    "co2e",
    "co2-utslipp",
    "utslipp",
    "kg co2e",
    "co2e kg",
    "co2 kg",
    "emissions",
    "ghg",
    "klimagassutslipp",
];
const AMOUNT: &[&str] = &[
    "beløp",
    "frakt",
    "fraktkostnad",
    "pris",
    "kostnad",
    "amount",
    "freight",
    "cost",
    "beløp eks mva",
];
const CURRENCY: &[&str] = &["valuta", "currency"];
const UNIT: &[&str] = &["vektenhet", "weight unit", "enhet", "unit"];
const PAYER: &[&str] = &[
    "fraktbetaler",
    "frakt betales av",
    "betales av",
    "betalt av",
    "transport utføres av",
    "freight payer",
    "paid by",
    "leveringsbetingelse",
    "leveringsbetingelser",
    "incoterm",
    "incoterms",
    "delivery terms",
];
const ELEMENT: &[&str] = &["etappe", "etappenr", "ledd", "leg", "leg no", "element"];
const LOAD: &[&str] = &[
    "fyllingsgrad",
    "fyllingsgrad %",
    "utnyttelse",
    "load factor",
    "load factor %",
];
const EMPTY: &[&str] = &[
    "tomkjøring",
    "tomkjøring %",
    "andel tomkjøring",
    "empty running",
    "empty running %",
];
/// A column that says what kind of activity a row is, or codes of waste: such tables have readers of their own.
const OTHERS: &[&str] = &[
    "type",
    "kind",
    "vare",
    "item",
    "eal",
    "eal-kode",
    "avfallstype",
    "avfallskode",
    "fraksjon",
    "behandling",
];

impl Columns {
    /// The columns that these headers name; `None` when they are not those of a freight table: when, how heavy or how
    /// much freight work, and how far, where to or by whom.
    pub(super) fn of(headers: &[String]) -> Option<Self> {
        let at = |names| position(headers, names);
        let unit = |at: Option<usize>| at.and_then(|at| unit_of(&headers[at]));
        let (mass, distance, co2e) = (at(MASS), at(DISTANCE), at(CO2E));
        let columns = Self {
            date: at(DATE),
            to_date: at(TO_DATE),
            number: at(NUMBER),
            mass,
            mass_unit: unit(mass),
            volume: at(VOLUME),
            distance,
            header_basis: distance.and_then(|at| basis_of(&headers[at])),
            basis: at(BASIS),
            freight_work: at(FREIGHT_WORK),
            mode: at(MODE),
            vehicle: at(VEHICLE),
            carrier: at(CARRIER),
            carrier_org: at(CARRIER_ORG),
            from_postcode: at(FROM_POSTCODE),
            to_postcode: at(TO_POSTCODE),
            from_place: at(FROM_PLACE),
            to_place: at(TO_PLACE),
            from_country: at(FROM_COUNTRY),
            to_country: at(TO_COUNTRY),
            fuel: at(FUEL),
            fuel_amount: at(FUEL_AMOUNT),
            co2e,
            co2e_unit: unit(co2e),
            amount: at(AMOUNT),
            currency: at(CURRENCY),
            unit: at(UNIT),
            payer: at(PAYER),
            element: at(ELEMENT),
            load: at(LOAD),
            empty: at(EMPTY),
        };
        let moved = columns.freight_work.is_some() || columns.mass.is_some();
        let far = columns.freight_work.is_some() || columns.distance.is_some() || columns.to_postcode.is_some();
        let named = columns.carrier.is_some()
            || columns.mode.is_some()
            || columns.number.is_some()
            || columns.vehicle.is_some();
        let other = at(OTHERS).is_some();
        (columns.date.is_some() && moved && far && named && !other).then_some(columns)
    }
}

fn unit_of(header: &str) -> Option<String> {
    let plain = bracketed(header).unwrap_or(header);
    let word = plain
        .split(' ')
        .find(|word| matches!(*word, "kg" | "tonn" | "tonnes" | "t" | "g"))?;
    Some(word.to_owned())
}

/// The basis of a distance that words say.
pub(super) fn basis_of(text: &str) -> Option<DistanceBasis> {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["kjør", "driven", "actual", "faktisk", "odometer"]) {
        Some(DistanceBasis::Driven)
    } else if says(&["kortest", "shortest", "sfd", "planlagt", "planned"]) {
        Some(DistanceBasis::ShortestFeasible)
    } else if says(&["luftlinje", "great circle", "gcd", "storsirkel"]) {
        Some(DistanceBasis::GreatCircle)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &str) -> Option<Columns> {
        let headers: Vec<String> = headers.split(';').map(str::to_lowercase).collect();
        Columns::of(&headers)
    }

    #[test]
    fn freight_tables_are_told_from_others() {
        let own =
            of("Dato;Sendingsnummer;Transportør;Vekt (kg);Kjørte km;Fra postnr;Til postnr").expect("a freight table");
        assert_eq!(
            (own.mass_unit.as_deref(), own.header_basis),
            (Some("kg"), Some(DistanceBasis::Driven))
        );
        assert!(of("Date;Shipment ID;Weight;Distance;Mode;CO2e (kg)").is_some());
        for other in [
            "Type;Vare;Anlegg;Fra;Til;Mengde;Enhet",
            "Dato;Avfallstype;EAL-kode;Vekt (kg);Behandling;Transportør",
            "Dato;Vekt;Pris",
            "Fra;Til;KWH 60 Forbruk",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
