//! One consignment: what was carried, how far, by what.

use greenheart_model::{
    Activity, ActivityKind, Arrangement, Carriage, CarriageFuel, Counterparty, DistanceBasis, ElementKind, Identifiers,
    ItemClass, Period, RowPlace, Text,
};
use greenheart_transport::TransportError;
use greenheart_transport::books::{Carried, StatedBasis, StatedLeg, carried};
use greenheart_units::{Amount, Basis, Currency, Dimension, Reading};
use serde::{Deserialize, Serialize};

/// Key of a hub in the item catalogue.
const HUB_ITEM: &str = "freight_hub";

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

    /// The mode of the standard. A van is a road vehicle, and what is not stated is taken for one.
    const fn of_standard(self) -> greenheart_transport::distance::Mode {
        use greenheart_transport::distance::Mode;
        match self {
            Self::Road | Self::Van | Self::Unknown => Mode::Road,
            Self::Rail => Mode::Rail,
            Self::Sea => Mode::Sea,
            Self::Air => Mode::Air,
        }
    }
}

/// A distance and its basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distance {
    /// Kilometres.
    pub km: Amount,
    /// On which basis.
    pub basis: DistanceBasis,
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
    /// Leg or hub of its chain.
    pub kind: ElementKind,
    /// Place in its chain, from 1; rows with the same number form one chain.
    pub element: Option<u16>,
    /// Who runs and pays for it.
    pub arrangement: Option<Arrangement>,
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
    /// Load over payload, thousandths.
    pub load_permille: Option<u16>,
    /// Empty over loaded kilometres, thousandths.
    pub empty_permille: Option<u16>,
    /// Fuel or power, as reported.
    pub fuel: Vec<CarriageFuel>,
    /// kg CO2e, as the carrier states.
    pub co2e_kg: Option<Amount>,
    /// What it cost, without VAT.
    pub amount: Option<Amount>,
    /// Currency of `amount`.
    pub currency: Currency,
}

impl Consignment {
    /// Freight work by the standard: on the shortest feasible or great-circle distance, whatever the row states.
    ///
    /// # Errors
    /// What is missing, or cannot be brought to that distance.
    /// # Source
    /// EN ISO 14083:2023 on transport activity distance and distance adjustment factors.
    pub fn carried(&self) -> Result<Carried, TransportError> {
        carried(&StatedLeg {
            mode: self.mode.of_standard(),
            mass_kg: self.mass_kg,
            km: self.distance.map(|distance| distance.km),
            basis: match self.basis() {
                DistanceBasis::ShortestFeasible => StatedBasis::ShortestFeasible,
                DistanceBasis::GreatCircle => StatedBasis::GreatCircle,
                DistanceBasis::Driven => StatedBasis::Driven,
                DistanceBasis::Unstated => StatedBasis::Unstated,
            },
            tkm: self.stated_tkm,
        })
    }

    /// Freight work in tkm, where it is known.
    pub fn freight_work_tkm(&self) -> Option<Amount> {
        let hub = self.kind == ElementKind::Hub;
        self.carried().ok().filter(|_| !hub).map(|carried| carried.standard_tkm)
    }

    fn basis(&self) -> DistanceBasis {
        self.distance.map_or(DistanceBasis::Unstated, |distance| distance.basis)
    }

    fn carriage(&self) -> Carriage {
        Carriage {
            kind: self.kind,
            element: self.element,
            arrangement: self.arrangement,
            mass_kg: self.mass_kg,
            km: self.distance.map(|distance| distance.km),
            basis: self.basis(),
            stated_tkm: self.stated_tkm,
            load_permille: self.load_permille,
            empty_permille: self.empty_permille,
            fuel: self.fuel.first().cloned(),
        }
    }

    /// The consignment as evidence of freight: freight work where it is known, else mass, else distance.
    pub fn to_activity(&self, place: RowPlace) -> Activity {
        let of = |value: Option<Amount>, dimension| value.map(|value| Reading::new(value, dimension));
        let quantity = of(self.freight_work_tkm(), Dimension::FreightWork)
            .or_else(|| of(self.mass_kg, Dimension::Mass))
            .or_else(|| of(self.distance.map(|distance| distance.km), Dimension::Length));
        Activity {
            row_no: 0,
            place,
            kind: ActivityKind::Transport,
            class: ItemClass::Freight,
            item: match self.kind {
                ElementKind::Leg => self.mode.item().into(),
                ElementKind::Hub => HUB_ITEM.into(),
            },
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
            carriage: Some(Box::new(self.carriage())),
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
            kind: ElementKind::Leg,
            element: None,
            arrangement: None,
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
            load_permille: None,
            empty_permille: None,
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
            (Mode::Road, 100, DistanceBasis::Unstated, "250"),
            (Mode::Road, 100, DistanceBasis::GreatCircle, "325"),
        ] {
            let found = consignment(mode, km, basis).freight_work_tkm();
            assert_eq!(found.map(|tkm| tkm.to_string()), Some(tkm.into()), "{mode:?} {basis:?}");
        }
        let mut stated = consignment(Mode::Road, 100, DistanceBasis::Driven);
        stated.stated_tkm = Some(Amount::from_integer(21));
        assert_eq!(
            stated.freight_work_tkm(),
            Some(Amount::from_integer(20)),
            "stated work stands on the distance beside it"
        );
        for (mode, km, basis) in [
            (Mode::Air, 40, DistanceBasis::Driven),
            (Mode::Sea, 40, DistanceBasis::GreatCircle),
        ] {
            assert_eq!(consignment(mode, km, basis).freight_work_tkm(), None, "{mode:?}");
        }
        stated.stated_tkm = None;
        stated.mass_kg = None;
        assert_eq!(stated.freight_work_tkm(), None);
        assert_eq!(
            stated.to_activity(RowPlace::default()).quantity.map(|q| q.dimension),
            Some(Dimension::Length)
        );
    }
}
