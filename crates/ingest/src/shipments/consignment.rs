//! One consignment: what was carried, how far, by what.

use greenheart_model::{Activity, ActivityKind, Counterparty, Identifiers, ItemClass, Period, RowPlace, Text};
use greenheart_units::{Amount, Basis, Currency, Dimension, Rate, Reading, Rounding};
use serde::{Deserialize, Serialize};

/// How goods are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Lorries and articulated vehicles.
    Road,
    /// Vans.
    Van,
    /// Trains.
    Rail,
    /// Sea-going ships and inland vessels.
    Sea,
    /// Aircraft.
    Air,
    /// Not stated, or several.
    Unknown,
}

impl Mode {
    /// Its key in the item catalogue.
    pub const fn item(self) -> &'static str {
        match self {
            Self::Road => "road_freight",
            Self::Van => "van_freight",
            Self::Rail => "rail_freight",
            Self::Sea => "sea_freight",
            Self::Air => "air_freight",
            Self::Unknown => "freight",
        }
    }

    /// The mode of a code of UN/ECE Recommendation 19 (1 maritime, 2 rail, 3 road, 4 air, 8 inland water).
    pub fn of_code(code: &str) -> Self {
        match code.trim().get(..1) {
            Some("1" | "8") => Self::Sea,
            Some("2") => Self::Rail,
            Some("3") => Self::Road,
            Some("4") => Self::Air,
            _ => Self::Unknown,
        }
    }

    /// Kilometres driven or sailed for each kilometre of the shortest feasible distance.
    ///
    /// # Source
    /// EN ISO 14083:2023, distance adjustment factors: road 1.05, sea 1.15, rail 1. For air the standard adds
    /// 95 km to the great circle, see [`Consignment::activity_km`].
    const fn adjustment_permille(self) -> i64 {
        match self {
            Self::Road | Self::Van | Self::Unknown => 1050,
            Self::Sea => 1150,
            Self::Rail | Self::Air => 1000,
        }
    }
}

/// On which basis a distance is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceBasis {
    /// Shortest feasible by road, rail or sea.
    ShortestFeasible,
    /// As the crow flies.
    GreatCircle,
    /// As driven, with detours. Not a transport activity distance (EN ISO 14083): it is adjusted.
    Driven,
    /// The file does not say; taken as shortest feasible.
    Unstated,
}

/// A distance and its basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distance {
    /// Kilometres.
    pub km: Amount,
    /// On which basis.
    pub basis: DistanceBasis,
}

/// Fuel that a carrier reports for a consignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FuelUse {
    /// Key of the item catalogue, or the text as it stood.
    pub item: Text,
    /// How much, in base units.
    pub quantity: Reading,
}

/// Where goods come from or go to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Endpoint {
    /// Postal code.
    pub postcode: Option<Text>,
    /// ISO 3166 code of the country.
    pub country: Option<Text>,
    /// Town or other name of the place.
    pub name: Option<Text>,
}

/// A consignment as one row or document tells it. What is not stated is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consignment {
    /// Number of the consignment or despatch advice.
    pub number: Option<Text>,
    /// When it was carried.
    pub period: Period,
    /// Mass with packaging, kg.
    pub mass_kg: Option<Amount>,
    /// Volume, m³.
    pub volume_m3: Option<Amount>,
    /// How far.
    pub distance: Option<Distance>,
    /// Freight work as stated, tkm; else it follows from mass and distance.
    pub stated_tkm: Option<Amount>,
    /// How.
    pub mode: Mode,
    /// Type of vehicle, as stated. Registration numbers may belong to persons and are not kept.
    pub vehicle: Option<Text>,
    /// Who carried it.
    pub carrier: Option<Counterparty>,
    /// From where.
    pub from: Endpoint,
    /// To where.
    pub to: Endpoint,
    /// Fuel, as reported.
    pub fuel: Vec<FuelUse>,
    /// kg CO2e, as the carrier states.
    pub co2e_kg: Option<Amount>,
    /// What it cost, without VAT.
    pub amount: Option<Amount>,
    /// Currency of `amount`.
    pub currency: Currency,
}

impl Consignment {
    /// The transport activity distance in km: as stated, or the driven distance brought back to the shortest
    /// feasible one.
    ///
    /// # Source
    /// EN ISO 14083:2023 on transport activity distance and distance adjustment factors.
    pub fn activity_km(&self) -> Option<Amount> {
        let distance = self.distance?;
        if distance.basis != DistanceBasis::Driven {
            return Some(distance.km);
        }
        if self.mode == Mode::Air {
            let direct = distance.km - Amount::from_integer(95);
            return Some(direct.max(Amount::ZERO));
        }
        let adjusted = distance.km.mantissa().checked_mul(1000)?;
        let divisor = i128::from(self.mode.adjustment_permille());
        Some(Amount::from_mantissa(Rounding::HalfEven.divide(adjusted, divisor)))
    }

    /// Freight work in tkm: as stated, else mass times activity distance.
    pub fn freight_work_tkm(&self) -> Option<Amount> {
        if self.stated_tkm.is_some() {
            return self.stated_tkm;
        }
        let tonnes = Rate::from_mantissa(self.mass_kg?.mantissa().checked_mul(1000)?);
        self.activity_km()?.times(tonnes, Rounding::HalfEven).ok()
    }

    /// The consignment as evidence of freight: freight work where it is known, else mass, else distance.
    pub fn to_activity(&self, place: RowPlace) -> Activity {
        let of = |value: Option<Amount>, dimension| value.map(|value| Reading::new(value, dimension));
        let quantity = of(self.freight_work_tkm(), Dimension::FreightWork)
            .or_else(|| of(self.mass_kg, Dimension::Mass))
            .or_else(|| of(self.activity_km(), Dimension::Length));
        Activity {
            row_no: 0,
            place,
            kind: ActivityKind::Transport,
            class: ItemClass::Freight,
            item: self.mode.item().into(),
            site: None,
            period: self.period,
            quantity: quantity.map(|reading| Reading {
                basis: Basis::Plain,
                ..reading
            }),
            raw_quantity: None,
            amount: self.amount,
            currency: self.currency,
            counterparty: self.carrier.clone(),
            account: None,
            tax_code: None,
            waste_code: None,
            treatment: None,
            primary_permille: None,
            dry_permille: None,
            supplier_co2e: self.co2e_kg,
            ambiguous_split: false,
            identifiers: Identifiers {
                document: self.number.clone(),
                object: self.vehicle.clone(),
                ..Identifiers::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consignment(mode: Mode, km: i64, basis: DistanceBasis) -> Consignment {
        Consignment {
            number: None,
            period: "2024-03-01".parse().expect("a day"),
            mass_kg: Some(Amount::from_integer(2_500)),
            volume_m3: None,
            distance: Some(Distance {
                km: Amount::from_integer(km),
                basis,
            }),
            stated_tkm: None,
            mode,
            vehicle: None,
            carrier: None,
            from: Endpoint::default(),
            to: Endpoint::default(),
            fuel: Vec::new(),
            co2e_kg: None,
            amount: None,
            currency: Currency::NOK,
        }
    }

    #[test]
    fn freight_work_rests_on_the_activity_distance() {
        for (mode, km, basis, tkm) in [
            (Mode::Road, 100, DistanceBasis::ShortestFeasible, "250"),
            (Mode::Road, 105, DistanceBasis::Driven, "250"),
            (Mode::Sea, 115, DistanceBasis::Driven, "250"),
            (Mode::Rail, 100, DistanceBasis::Driven, "250"),
            (Mode::Air, 195, DistanceBasis::Driven, "250"),
            (Mode::Air, 40, DistanceBasis::Driven, "0"),
            (Mode::Road, 100, DistanceBasis::Unstated, "250"),
        ] {
            let found = consignment(mode, km, basis).freight_work_tkm();
            assert_eq!(found.map(|tkm| tkm.to_string()), Some(tkm.into()), "{mode:?} {basis:?}");
        }
        let mut stated = consignment(Mode::Road, 100, DistanceBasis::Driven);
        stated.stated_tkm = Some(Amount::from_integer(7));
        assert_eq!(stated.freight_work_tkm(), Some(Amount::from_integer(7)));
        stated.stated_tkm = None;
        stated.mass_kg = None;
        assert_eq!(stated.freight_work_tkm(), None);
        assert_eq!(
            stated.to_activity(RowPlace::default()).quantity.map(|q| q.dimension),
            Some(Dimension::Length)
        );
    }
}
