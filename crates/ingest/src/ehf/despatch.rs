//! A despatch advice as a consignment.

use greenheart_model::{CarriageFuel, Counterparty, ElementKind, Period, RowPlace, Text};
use greenheart_units::{Amount, Currency, Dimension, Reading, Unit};

use super::document::{Document, Party, Place, Service};
use super::rows::counterparty;
use super::set::{Direction, Set};
use crate::ReadError;
use crate::shipments::{Consignment, Endpoint, Mode};
use crate::tables::find_item_in;

impl Set<'_> {
    pub(super) fn despatch(&mut self, document: &Document, direction: Direction) -> Result<(), ReadError> {
        self.ordinal += 1;
        let row = self.ordinal;
        let Some(day) = document.shipment.despatched.or(document.issued) else {
            self.note("ehf.no_date", row, "IssueDate", format!("document `{}`", document.id));
            return Ok(());
        };
        let shipment = &document.shipment;
        let mass = shipment.gross.as_ref().or(shipment.net.as_ref());
        let mass_kg =
            mass.and_then(|(value, unit)| self.measure(*value, unit, Dimension::Mass, row, "GrossWeightMeasure"));
        let volume = shipment.volume.as_ref();
        let volume_m3 =
            volume.and_then(|(value, unit)| self.measure(*value, unit, Dimension::Volume, row, "GrossVolumeMeasure"));
        let fuel = self.fuel(&shipment.services, row);
        let co2e_kg = self.emitted(&shipment.services, &fuel, row);
        let consignment = Consignment {
            number: Some(document.id.as_str().into()),
            kind: ElementKind::Leg,
            element: None,
            arrangement: None,
            period: Period::day(day),
            mass_kg,
            volume_m3,
            distance: None,
            stated_tkm: None,
            mode: Mode::of_code(&shipment.mode),
            vehicle: (!shipment.means.is_empty()).then(|| shipment.means.as_str().into()),
            carrier: carrier(&shipment.carrier),
            from: endpoint(&shipment.from, &document.supplier),
            to: endpoint(&shipment.to, &document.customer),
            load_permille: None,
            empty_permille: None,
            fuel,
            co2e_kg,
            amount: None,
            currency: Currency::NOK,
        };
        self.overview.despatch(&consignment, direction == Direction::Incoming);
        let place = RowPlace {
            file: self.position,
            row,
        };
        self.emit(consignment.to_activity(place))
    }

    /// A measure in base units; a unit of another dimension is told and leaves it unknown.
    fn measure(&mut self, value: Amount, unit: &str, expected: Dimension, row: u64, field: &str) -> Option<Amount> {
        let converted = Unit::find(unit).and_then(|unit| unit.to_base_of(expected, value));
        converted
            .map_err(|error| self.note("ehf.unit", row, field, error.to_string()))
            .ok()
            .filter(|value| !value.is_zero())
    }

    fn fuel(&mut self, services: &[Service], row: u64) -> Vec<CarriageFuel> {
        let mut found = Vec::new();
        for service in services {
            let Some((value, unit)) = &service.consumed else {
                continue;
            };
            match Unit::find(unit).and_then(|unit| Reading::of(*value, unit)) {
                Ok(quantity) => {
                    let name: Text = service.fuel.as_str().into();
                    let item = find_item_in(&name).map_or(name, |item| item.key.into());
                    found.push(CarriageFuel { item, quantity });
                }
                Err(error) => self.note("ehf.unit", row, "FuelConsumption", error.to_string()),
            }
        }
        found
    }

    /// kg CO2 stated by all services together. A figure that no fuel could give is kept, and told.
    fn emitted(&mut self, services: &[Service], fuel: &[CarriageFuel], row: u64) -> Option<Amount> {
        let mut total = None;
        for service in services {
            let Some((value, unit)) = &service.emitted else {
                continue;
            };
            if !service.gas.is_empty() && !service.gas.to_ascii_uppercase().starts_with("CO2") {
                self.note("ehf.co2_gas", row, "EnvironmentalEmission", service.gas.clone());
                continue;
            }
            if let Some(kg) = self.emission_kg(*value, unit, row) {
                total = Some(total.unwrap_or(Amount::ZERO) + kg);
            }
        }
        let litres: Amount = fuel
            .iter()
            .filter(|fuel| fuel.quantity.dimension == Dimension::Volume)
            .map(|fuel| Amount::from_mantissa(fuel.quantity.value.mantissa().saturating_mul(1000)))
            .sum();
        if let Some(kg) = total
            && !litres.is_zero()
            && (kg.mantissa() / 10 > litres.mantissa() || kg.mantissa().saturating_mul(1000) < litres.mantissa())
        {
            let detail = format!("{kg} kg CO2 for {litres} l of fuel");
            self.note("ehf.co2_implausible", row, "EnvironmentalEmission", detail);
        }
        total
    }

    /// The official code of milligrams is among those of mass; it is too fine for the books but not for a sample.
    fn emission_kg(&mut self, value: Amount, unit: &str, row: u64) -> Option<Amount> {
        if unit == "MGM" {
            let kg = greenheart_units::Rounding::HalfEven.divide(value.mantissa(), 1_000_000);
            return Some(Amount::from_mantissa(kg));
        }
        let unit = match unit {
            "" => "KGM",
            other => other,
        };
        let found = Unit::find(unit).ok();
        if let Some(unit) = found.filter(|unit| matches!(unit.dimension, Dimension::Mass | Dimension::Co2e)) {
            return unit.to_base(value).ok();
        }
        self.note(
            "ehf.unit",
            row,
            "EnvironmentalEmission",
            format!("`{unit}` is not a mass"),
        );
        None
    }
}

fn carrier(party: &Party) -> Option<Counterparty> {
    let found = counterparty(party);
    (found != Counterparty::default()).then_some(found)
}

fn endpoint(place: &Place, party: &Party) -> Endpoint {
    let of = |own: &str, other: &str| -> Option<Text> {
        let text = if own.is_empty() { other } else { own };
        (!text.is_empty()).then(|| text.into())
    };
    Endpoint {
        postcode: of(&place.postcode, &party.postcode),
        country: of(&place.country, &party.country),
        name: None,
    }
}
