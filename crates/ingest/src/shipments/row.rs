//! One row of a freight list as one consignment.

use std::collections::{BTreeMap, HashSet};

use greenheart_model::{Arrangement, CarriageFuel, Counterparty, DistanceBasis, ElementKind, OrgNo, Period, Text};
use greenheart_transport::TransportError;
use greenheart_units::{Amount, Currency, Dimension, Reading, Unit};

use super::columns::{Columns, basis_of};
use super::{Consignment, Distance, Endpoint, FINDINGS, Mode, Options};
use crate::Sink;
use crate::tables::{GridRow, find_item_in, normalise};
use crate::text::{bounded, company_name, shortened};
use crate::told::tell;

/// What is known across the rows of a set.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub rows: u64,
    pub unusable: u64,
    pub without_distance: u64,
    pub tkm: Amount,
    pub mass_kg: Amount,
    pub co2e_kg: Amount,
    /// Numbers, days, weights and places in their chain seen.
    seen: HashSet<(Text, Period, Option<Amount>, Option<u16>)>,
    /// The kind of distance that each mode came with first: great circle or not.
    kinds: BTreeMap<&'static str, bool>,
    told: [bool; 4],
}

/// Things that are told once for a list.
#[derive(Clone, Copy)]
enum Once {
    Unit,
    Driven,
    Unstated,
    Payer,
}

/// The row being read.
pub(super) struct Reader<'r, 'g, 's> {
    pub row: &'r mut GridRow<'g, 's>,
    pub columns: &'r Columns,
    pub options: &'r Options,
    pub tally: &'r mut Tally,
    pub file: &'r Text,
}

pub(super) fn note(sink: &mut dyn Sink, file: &Text, code: &'static str, row: u64, field: &str, detail: String) {
    tell(sink, FINDINGS, code, (file, row, field), detail);
}

impl Reader<'_, '_, '_> {
    fn note(&mut self, code: &'static str, field: &str, detail: String) {
        let (number, file) = (self.row.number, self.file);
        note(self.row.sink(), file, code, number, field, detail);
    }

    fn once(&mut self, what: Once, code: &'static str, field: &str) {
        if !std::mem::replace(&mut self.tally.told[what as usize], true) {
            self.note(code, field, String::new());
        }
    }

    /// The consignment of the row; `None` when it cannot be used or stands there twice.
    pub(super) fn read(&mut self) -> Option<Consignment> {
        if self.row.is_total() {
            return None;
        }
        let period = self.period()?;
        let mass_kg = self.mass();
        let stated_tkm = self.measure(
            self.columns.freight_work,
            None,
            Dimension::FreightWork,
            "TKM",
            "freight_work",
        );
        let kind = self.kind();
        let mode = match kind {
            ElementKind::Leg => self.mode(),
            ElementKind::Hub => Mode::Unknown,
        };
        let (amount, currency) = self.amount();
        let carrier = self.carrier();
        let consignment = Consignment {
            number: self.plain(self.columns.number),
            kind,
            element: self.element(),
            arrangement: self.arrangement(carrier.as_ref()),
            period,
            mass_kg,
            volume_m3: self.measure(self.columns.volume, None, Dimension::Volume, "MTQ", "volume"),
            distance: self.distance(),
            stated_tkm,
            mode,
            vehicle: self.plain(self.columns.vehicle).filter(|text| !is_plate(text)),
            carrier,
            from: self.endpoint(
                self.columns.from_postcode,
                self.columns.from_country,
                self.columns.from_place,
            ),
            to: self.endpoint(self.columns.to_postcode, self.columns.to_country, self.columns.to_place),
            load_permille: self.permille(self.columns.load, 1, 100, "load"),
            empty_permille: self.permille(self.columns.empty, 0, 300, "empty"),
            fuel: self.fuel(),
            co2e_kg: self.co2e(),
            amount,
            currency,
        };
        self.check(&consignment)?;
        self.count(&consignment);
        Some(consignment)
    }

    fn plain(&mut self, at: Option<usize>) -> Option<Text> {
        self.row.text(at).map(|text| bounded(&text).into())
    }

    fn period(&mut self) -> Option<Period> {
        let years = &self.options.limits.years;
        let found = self.row.period(self.columns.date, self.columns.to_date);
        let usable =
            found.filter(|period| years.contains(&period.from().year()) && years.contains(&period.to().year()));
        if usable.is_none() {
            self.note(
                "shipments.date",
                "date",
                found.map(|period| period.to_string()).unwrap_or_default(),
            );
            self.tally.unusable += 1;
            self.note("shipments.row_unusable", "", "no usable date".into());
        }
        usable
    }

    /// A number above zero in base units: with the unit in its cell, else `unit`, else `usual`.
    fn measure(
        &mut self,
        at: Option<usize>,
        unit: Option<String>,
        expected: Dimension,
        usual: &str,
        field: &str,
    ) -> Option<Amount> {
        let (value, own) = match self.row.number(at)? {
            Ok(found) => found,
            Err(error) => {
                self.note("shipments.number", field, error.to_string());
                return None;
            }
        };
        let text = if own.is_empty() {
            unit.unwrap_or_else(|| usual.to_owned())
        } else {
            own
        };
        let converted = Unit::find(&text).and_then(|unit| unit.to_base_of(expected, value));
        match converted {
            Ok(value) if value.is_negative() => {
                self.note("shipments.negative", field, value.to_string());
                None
            }
            Ok(value) => Some(value),
            Err(error) => {
                self.note("shipments.unit", field, error.to_string());
                None
            }
        }
    }

    fn mass(&mut self) -> Option<Amount> {
        let unit = self
            .row
            .text(self.columns.unit)
            .or_else(|| self.columns.mass_unit.clone());
        let in_cell = self
            .row
            .number(self.columns.mass)
            .is_some_and(|found| found.is_ok_and(|(_, unit)| !unit.is_empty()));
        if unit.is_none() && !in_cell && self.columns.mass.is_some() {
            self.once(Once::Unit, "shipments.unit_assumed", "mass");
        }
        self.measure(self.columns.mass, unit, Dimension::Mass, "KGM", "mass")
    }

    fn distance(&mut self) -> Option<Distance> {
        let km = self.measure(self.columns.distance, None, Dimension::Length, "KMT", "distance")?;
        let stated = self.row.text(self.columns.basis).and_then(|text| basis_of(&text));
        let basis = stated.or(self.columns.header_basis).unwrap_or(DistanceBasis::Unstated);
        match basis {
            DistanceBasis::Driven => self.once(Once::Driven, "shipments.distance_driven", "distance"),
            DistanceBasis::Unstated => self.once(Once::Unstated, "shipments.distance_unstated", "distance"),
            DistanceBasis::ShortestFeasible | DistanceBasis::GreatCircle => {}
        }
        Some(Distance { km, basis })
    }

    /// The mode by its own column, else by the vehicle.
    fn mode(&mut self) -> Mode {
        let named = self.row.text(self.columns.mode);
        let vehicle = self.row.text(self.columns.vehicle);
        let of = |text: &Option<String>| text.as_deref().and_then(mode_of);
        if let Some(mode) = of(&named).or_else(|| of(&vehicle)) {
            return mode;
        }
        if let Some(text) = named {
            self.note("shipments.mode_unknown", "mode", shortened(&text));
        }
        // A list of deliveries by vehicle is one of road transport.
        if vehicle.is_some() { Mode::Road } else { Mode::Unknown }
    }

    fn carrier(&mut self) -> Option<Counterparty> {
        self.row.party(self.columns.carrier_org, self.columns.carrier)
    }

    fn endpoint(&mut self, postcode: Option<usize>, country: Option<usize>, place: Option<usize>) -> Endpoint {
        Endpoint {
            postcode: self.plain(postcode),
            country: self.plain(country).filter(|code| code.len() == 2),
            // A sender or receiver may be a person: only names of companies and single words, as towns are, are kept.
            name: self
                .plain(place)
                .filter(|name| company_name(name).is_some() || !name.trim().contains(' ')),
        }
    }

    /// A terminal, warehouse or port is a hub, when the row names it as its mode.
    fn kind(&mut self) -> ElementKind {
        let named = self.row.text(self.columns.mode).map(|text| normalise(&text));
        let hub = |text: &str| ["terminal", "hub", "omlasting", "lager", "havn", "port"].contains(&text);
        if named.as_deref().is_some_and(hub) {
            ElementKind::Hub
        } else {
            ElementKind::Leg
        }
    }

    fn element(&mut self) -> Option<u16> {
        let number = self.row.text(self.columns.element)?;
        let found = number.trim().parse().ok().filter(|number| *number > 0);
        if found.is_none() {
            self.note("shipments.number", "element", shortened(&number));
        }
        found
    }

    /// Who runs and pays: as the row says, else own where the member is its own carrier.
    fn arrangement(&mut self, carrier: Option<&Counterparty>) -> Option<Arrangement> {
        if let Some(text) = self.row.text(self.columns.payer) {
            let found = arrangement_of(&text);
            if found.is_none() {
                self.note("shipments.payer_unknown", "payer", shortened(&text));
            }
            return found;
        }
        let number: Option<&OrgNo> = carrier.and_then(|carrier| carrier.org_no.as_ref());
        if number.is_some() && number == self.options.member.as_ref() {
            return Some(Arrangement::Own);
        }
        self.once(Once::Payer, "shipments.payer_assumed", "payer");
        None
    }

    /// A share in percent as thousandths.
    fn permille(&mut self, at: Option<usize>, least: i64, most: i64, field: &str) -> Option<u16> {
        let percent = match self.row.number(at)? {
            Ok((percent, _)) => percent,
            Err(error) => {
                self.note("shipments.number", field, error.to_string());
                return None;
            }
        };
        let within = Amount::from_integer(least) <= percent && percent <= Amount::from_integer(most);
        if !within {
            self.note("shipments.share", field, percent.to_string());
            return None;
        }
        u16::try_from(percent.mantissa() * 10 / Amount::ONE_MANTISSA).ok()
    }

    /// Fuel in litres, power in kilowatt hours.
    fn fuel(&mut self) -> Vec<CarriageFuel> {
        let named = self.plain(self.columns.fuel);
        let item = named.map_or_else(
            || "diesel".into(),
            |name| find_item_in(&name).map_or(name, |item| item.key.into()),
        );
        let (dimension, usual) = if &*item == "electricity" {
            (Dimension::Energy, "KWH")
        } else {
            (Dimension::Volume, "LTR")
        };
        let Some(amount) = self.measure(self.columns.fuel_amount, None, dimension, usual, "fuel") else {
            return Vec::new();
        };
        vec![CarriageFuel {
            item,
            quantity: Reading::new(amount, dimension),
        }]
    }

    fn co2e(&mut self) -> Option<Amount> {
        let unit = self.columns.co2e_unit.clone();
        self.measure(self.columns.co2e, unit, Dimension::Mass, "KGM", "co2e")
    }

    fn amount(&mut self) -> (Option<Amount>, Currency) {
        let amount = match self.row.number(self.columns.amount) {
            None => return (None, Currency::NOK),
            Some(Ok((amount, _))) => amount,
            Some(Err(error)) => {
                self.note("shipments.number", "amount", error.to_string());
                return (None, Currency::NOK);
            }
        };
        let Some(text) = self.row.text(self.columns.currency) else {
            return (Some(amount), Currency::NOK);
        };
        match text.parse() {
            Ok(currency) => (Some(amount), currency),
            Err(_) if matches!(normalise(&text).as_str(), "kr" | "kroner") => (Some(amount), Currency::NOK),
            Err(_) => {
                self.note("shipments.currency", "currency", shortened(&text));
                (None, Currency::NOK)
            }
        }
    }

    /// `None` when the consignment cannot be used.
    fn check(&mut self, consignment: &Consignment) -> Option<()> {
        let moved = consignment.mass_kg.is_some() || consignment.stated_tkm.is_some() || consignment.distance.is_some();
        if !moved && consignment.co2e_kg.is_none() && consignment.amount.is_none() {
            self.tally.unusable += 1;
            self.note("shipments.row_unusable", "", "neither a weight nor a distance".into());
            return None;
        }
        if let Some(number) = &consignment.number {
            let key = (
                number.clone(),
                consignment.period,
                consignment.mass_kg,
                consignment.element,
            );
            if self.tally.seen.contains(&key) {
                self.note("shipments.duplicate", "number", number.to_string());
                return None;
            }
            if self.tally.seen.len() < self.options.limits.master_records {
                self.tally.seen.insert(key);
            }
        }
        if consignment.kind == ElementKind::Leg {
            self.check_distance(consignment);
        }
        let (mass, km) = bounds(consignment.mode);
        let heavy = consignment.mass_kg.is_some_and(|kg| kg > Amount::from_integer(mass));
        let far = consignment
            .distance
            .is_some_and(|distance| distance.km > Amount::from_integer(km));
        if heavy || far {
            let shown = |value: Option<Amount>| value.map(|value| value.to_string()).unwrap_or_default();
            let detail = format!(
                "{} kg, {} km",
                shown(consignment.mass_kg),
                shown(consignment.distance.map(|distance| distance.km))
            );
            self.note("shipments.implausible", "", detail);
        }
        Some(())
    }

    /// Without freight work the row says why; the standard allows one kind of distance a mode.
    fn check_distance(&mut self, consignment: &Consignment) {
        match consignment.carried() {
            Ok(_) => {}
            Err(error @ TransportError::NoDetour { .. }) => {
                self.tally.without_distance += 1;
                self.note("shipments.great_circle", "distance", error.to_string());
            }
            Err(error) => {
                self.tally.without_distance += 1;
                self.note("shipments.distance_missing", "distance", error.to_string());
            }
        }
        let Some(distance) = consignment.distance.filter(|_| consignment.mode != Mode::Air) else {
            return;
        };
        let great_circle = distance.basis == DistanceBasis::GreatCircle;
        let mode = consignment.mode.item();
        if *self.tally.kinds.entry(mode).or_insert(great_circle) != great_circle {
            self.note("shipments.distance_mixed", "distance", mode.to_owned());
        }
    }

    fn count(&mut self, consignment: &Consignment) {
        let tally = &mut *self.tally;
        tally.rows += 1;
        tally.mass_kg += consignment.mass_kg.unwrap_or_default();
        tally.tkm += consignment.freight_work_tkm().unwrap_or_default();
        tally.co2e_kg += consignment.co2e_kg.unwrap_or_default();
    }
}

/// The largest mass in kg and distance in km that one consignment of a mode can have: a road train of 74 tonnes, the
/// longest roads of Europe, ships and trains of bulk.
const fn bounds(mode: Mode) -> (i64, i64) {
    match mode {
        Mode::Van => (5_000, 8_000),
        Mode::Road => (74_000, 8_000),
        Mode::Rail => (10_000_000, 15_000),
        Mode::Air => (150_000, 20_100),
        Mode::Sea | Mode::Unknown => (500_000_000, 40_000),
    }
}

/// The mode that a word for a mode or a vehicle means. Road comes before rail: a trailer holds a rail.
fn mode_of(text: &str) -> Option<Mode> {
    let plain = normalise(text);
    let says = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    Some(if says(&["varebil", "van", "budbil", "courier", "kassebil"]) {
        Mode::Van
    } else if says(&[
        "bil", "vei", "veg", "road", "truck", "lorry", "trailer", "semi", "vogntog", "hgv", "traktor",
    ]) {
        Mode::Road
    } else if says(&["bane", "tog", "rail", "train"]) {
        Mode::Rail
    } else if says(&["båt", "skip", "sjø", "ship", "sea", "vessel", "ferge"]) {
        Mode::Sea
    } else if says(&["fly", "air", "luft"]) {
        Mode::Air
    } else {
        match plain.as_str() {
            "1" | "8" => Mode::Sea,
            "2" => Mode::Rail,
            "3" => Mode::Road,
            "4" => Mode::Air,
            _ => return None,
        }
    })
}

/// Who pays by the words of a list or the delivery terms of Incoterms 2020: under E- and F-terms the buyer carries the
/// goods, under C- and D-terms the seller.
fn arrangement_of(text: &str) -> Option<Arrangement> {
    let plain = normalise(text);
    let first = plain.split(' ').next().unwrap_or_default();
    Some(match first {
        "egen" | "egne" | "eget" | "own" | "selv" => Arrangement::Own,
        "exw" | "fca" | "fas" | "fob" | "kunde" | "kunden" | "mottaker" | "andre" | "customer" | "consignee"
        | "others" => Arrangement::PaidByOthers,
        "cpt" | "cip" | "cfr" | "cif" | "dap" | "dpu" | "ddp" | "kjøpt" | "bedriften" | "avsender" | "innkjøpt"
        | "bought" | "company" | "shipper" | "we" | "vi" => Arrangement::Bought,
        _ => return None,
    })
}

/// A registration number: two letters and five digits.
fn is_plate(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.len() == 7 && plain[..2].iter().all(char::is_ascii_alphabetic) && plain[2..].iter().all(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_modes() {
        for (text, mode) in [
            ("Lastebil", Some(Mode::Road)),
            ("Semitrailer, Euro VI", Some(Mode::Road)),
            ("Varebil el", Some(Mode::Van)),
            ("Jernbane", Some(Mode::Rail)),
            ("Containerskip", Some(Mode::Sea)),
            ("Fly", Some(Mode::Air)),
            ("3", Some(Mode::Road)),
            ("drone?", None),
        ] {
            assert_eq!(mode_of(text), mode, "{text}");
        }
        for (text, who) in [
            ("Egne biler", Some(Arrangement::Own)),
            ("EXW Kongsvinger", Some(Arrangement::PaidByOthers)),
            ("Kunden", Some(Arrangement::PaidByOthers)),
            ("DAP", Some(Arrangement::Bought)),
            ("avtale", None),
        ] {
            assert_eq!(arrangement_of(text), who, "{text}");
        }
        assert!(is_plate("AB 12345") && is_plate("ab12345") && !is_plate("Lastebil"));
    }
}
