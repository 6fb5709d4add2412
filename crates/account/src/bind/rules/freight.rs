//! Freight (rules `transport@2`, `transport.modelled@1`, `transport.fuel@1`, `transport.hub@1`): the elements of transport chains, each on the
//! standard's freight work, in the scope and category of whoever runs and pays.
//!
//! # Source
//! EN ISO 14083:2023; GHG Protocol Scope 3 Standard, table 5.4 (categories 3, 4 and 9).

use greenheart_model::{
    Arrangement, Carriage, CarriageFuel, ElementKind, Entry, GwpSet, ItemClass, Method, Scope, Severity,
};
use greenheart_transport::TransportError;
use greenheart_units::{Amount, Dimension, Rate, Reading, Rounding};

use crate::bind::draft::Row;
use crate::bind::index::{Aspect, Ready};
use crate::freight::{Place, arrangement_of, carried_of, intensity_basis, mode_of};
use crate::line::OWN_TRANSPORT_PREFIX;

/// Potentials that the figures of vehicles are published under; they cancel in the ratio.
const PUBLISHED: GwpSet = GwpSet::Ar5;

/// The two entries of an element: its operation, and the provision of its energy.
#[derive(Clone, Copy)]
struct Places {
    operation: Place,
    provision: Place,
    own: bool,
}

impl Row<'_> {
    /// One element of a transport chain, by the best that is known of it: the carrier's own figure, the fuel it burnt, freight
    /// work times an intensity, and, for bought freight, what it cost.
    ///
    /// Deliveries with own vehicles stand in lines of their own: fuel that the member books for the same year tells
    /// the same kilometres better, and takes their place when sums are reconciled.
    pub(super) fn freight(&mut self) {
        let arrangement = arrangement_of(self.activity, self.own).0;
        let (operation, provision) = Place::of(arrangement);
        let places = Places {
            operation,
            provision,
            own: arrangement == Arrangement::Own,
        };
        let rest = self.freight_entry(places, operation, "transport@2");
        if let Some(stated) = self.activity.supplier_co2e {
            return self.stated(rest, stated);
        }
        let carriage = self.activity.carriage.as_deref();
        if carriage.is_some_and(|carriage| carriage.kind == ElementKind::Hub) {
            return self.hub(places, rest);
        }
        if let Some(fuel) = carriage.and_then(|carriage| carriage.fuel.as_ref())
            && self.reported_fuel(places, fuel)
        {
            return;
        }
        if !self.freight_work(places) {
            self.spend(rest);
        }
    }

    /// What the carrier says was burnt or charged: primary data. Electricity of own vehicles is bought power.
    fn reported_fuel(&mut self, places: Places, fuel: &CarriageFuel) -> bool {
        let reading = fuel.quantity;
        if &*fuel.item == "electricity" {
            return self.reported_power(places, &reading);
        }
        let Some(found) = self.find(&fuel.item, Aspect::Combustion, &reading) else {
            self.note("transport.fuel_factor", Severity::Warning, || {
                format!("no factor for the fuel `{}`", shortened(&fuel.item))
            });
            return false;
        };
        let entry = self.freight_entry(places, places.operation, "transport.fuel@1");
        let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
        self.push(entry);
        self.provision(places, &fuel.item, &reading, reading.value, "transport.fuel@1");
        true
    }

    /// Charged electricity on the location's mix, as the standard wants it; for own vehicles on both accounts.
    fn reported_power(&mut self, places: Places, reading: &Reading) -> bool {
        use greenheart_model::Scope2Basis::{Location, Market};
        let Some(location) = self.find("electricity", Aspect::Location, reading) else {
            return false;
        };
        let mut entry = self.freight_entry(places, places.operation, "transport.fuel@1");
        if places.own {
            entry.scope = Scope::Two;
            entry.category = 0;
            entry.class = ItemClass::Electricity;
            entry.energy_kwh = Some(reading.value);
            entry.basis = Location;
            if let Some(market) = self.find("electricity", Aspect::Market, reading) {
                let mut other = entry.clone();
                other.basis = Market;
                let other = self.bound(other, Method::Activity, market.factor, reading.value);
                self.push(other);
            }
        }
        let entry = self.bound(entry, Method::Activity, location.factor, reading.value);
        self.push(entry);
        self.provision(places, "electricity", reading, reading.value, "transport.fuel@1");
        true
    }

    /// Freight work times the intensity of the vehicle, on the kilometres that the intensity is published for.
    fn freight_work(&mut self, places: Places) -> bool {
        let item = self.item();
        if self.activity.carriage.is_none() && self.activity.quantity.is_none() {
            // A bill, which says what was paid and never claimed to say more.
            return false;
        }
        let Some(mode) = mode_of(item) else {
            self.note("transport.mode_unknown", Severity::Note, || {
                format!("`{}` has no mode of transport", shortened(item))
            });
            return false;
        };
        let wrong = self.activity.quantity.filter(|reading| !fits(reading.dimension));
        if let Some(reading) = wrong.filter(|_| self.activity.carriage.is_none()) {
            self.note("transport.wrong_dimension", Severity::Warning, || {
                format!(
                    "{} is neither freight work nor mass nor distance",
                    reading.dimension.name()
                )
            });
            return false;
        }
        let carried = match carried_of(self.activity, mode) {
            Ok(carried) => carried,
            Err(error) => {
                self.refused(&error);
                return false;
            }
        };
        let work = carried.for_intensity(intensity_basis(mode));
        let mut reading = Reading::new(work, Dimension::FreightWork);
        let Some(found) = self.find(item, Aspect::Transport, &reading) else {
            self.note("transport.factor_none", Severity::Warning, || {
                format!("no intensity for `{}`", shortened(item))
            });
            return false;
        };
        let mut rule = "transport@2";
        if let Some(scaled) = self.at_load(found.factor, work) {
            reading.value = scaled;
            rule = "transport.modelled@1";
        }
        let entry = self.freight_entry(places, places.operation, rule);
        let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
        self.push(entry);
        self.provision(places, item, &reading, reading.value, rule);
        true
    }

    /// Freight work as if carried at the average load, such that the average intensity gives what the stated load and empty
    /// running emit: a straight line from the empty to the full vehicle, and the empty kilometres on top.
    fn at_load(&mut self, average: &Ready, work: Amount) -> Option<Amount> {
        let carriage = self.activity.carriage.as_deref()?;
        let (load, empty) = match (carriage.load_permille, carriage.empty_permille) {
            (None, None) => return None,
            (Some(load), Some(empty)) => (load, empty),
            _ => {
                self.note("transport.load_alone", Severity::Note, || {
                    "a load factor and a share of empty running count together".to_owned()
                });
                return None;
            }
        };
        let rates = self.vehicle_rates(average);
        let ratio = rates.and_then(|rates| load_ratio(&rates, load, empty));
        let scaled = ratio.and_then(|ratio| work.times(ratio, Rounding::HalfEven).ok());
        if scaled.is_none() {
            let item = self.item();
            self.note("transport.load_unknown", Severity::Note, || {
                format!("nothing says what `{}` emits empty and full", shortened(item))
            });
        }
        scaled
    }

    /// kg CO2e well to wheel: of an empty and a full kilometre, of a full and of an average tonne-kilometre.
    fn vehicle_rates(&mut self, average: &Ready) -> Option<[Rate; 4]> {
        let item = self.item();
        let mut of = |aspect, dimension| {
            let found = self.find(item, aspect, &Reading::new(Amount::ONE, dimension))?;
            found.factor.co2e_per_unit(PUBLISHED)
        };
        let empty = of(Aspect::EmptyKm, Dimension::Length)?;
        let full = of(Aspect::FullKm, Dimension::Length)?;
        let full_tkm = of(Aspect::FullTkm, Dimension::FreightWork)?;
        let provided = of(Aspect::Upstream, Dimension::FreightWork).unwrap_or_default();
        let operated = average.co2e_per_unit(PUBLISHED)?;
        Some([empty, full, full_tkm, operated.checked_add(provided).ok()?])
    }

    /// A hub: kilograms of CO2e for each kilogram that leaves it, and no freight work.
    fn hub(&mut self, places: Places, rest: Entry) {
        let mass = self
            .activity
            .carriage
            .as_deref()
            .and_then(|carriage: &Carriage| carriage.mass_kg);
        let found = mass.map(|mass| Reading::new(mass, Dimension::Mass));
        let found = found.and_then(|reading| Some((reading, self.find(self.item(), Aspect::Transport, &reading)?)));
        let Some((reading, found)) = found else {
            self.note("transport.hub_unknown", Severity::Warning, || {
                "a hub without a mass or a factor".to_owned()
            });
            return self.spend(rest);
        };
        let entry = self.freight_entry(places, places.operation, "transport.hub@1");
        let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
        self.push(entry);
        self.provision(places, self.item(), &reading, reading.value, "transport.hub@1");
    }

    /// The provision of energy, where a factor exists. Its NOK stands on the entry beside it.
    fn provision(&mut self, places: Places, item: &str, reading: &Reading, quantity: Amount, rule: &str) {
        if let Some(found) = self.find(item, Aspect::Upstream, reading) {
            let mut entry = self.freight_entry(places, places.provision, rule);
            entry.amount_nok = Some(Amount::ZERO);
            let entry = self.bound(entry, Method::Activity, found.factor, quantity);
            self.push(entry);
        }
    }

    fn freight_entry(&self, places: Places, place: Place, rule: &str) -> Entry {
        let mut entry = self.entry(place.scope, place.category, rule);
        if places.own {
            entry.line = format!("{OWN_TRANSPORT_PREFIX}{}", entry.line).into();
            entry.class = ItemClass::VehicleFuel;
        }
        entry
    }

    /// Why there is no freight work, by name.
    fn refused(&mut self, error: &TransportError) {
        let code = match error {
            TransportError::Missing("mass") => "transport.mass_missing",
            TransportError::Missing(_) => "transport.distance_missing",
            TransportError::NoDetour { .. } => "transport.no_detour",
            _ => "transport.refused",
        };
        self.note(code, Severity::Warning, || error.to_string());
    }
}

/// Intensity at a load and a share of empty running over the average one: `(e (1 - l) + f l + e s) / (l P) / g`, where the payload
/// `P` is what a full kilometre emits over a full tonne-kilometre. `load` and `empty` in thousandths.
fn load_ratio(rates: &[Rate; 4], load: u16, empty: u16) -> Option<Rate> {
    let [e, f, full_tkm, average] = rates.map(Rate::mantissa);
    let (load, empty) = (i128::from(load), i128::from(empty));
    let above = (e * (1000 - load + empty) + f * load).checked_mul(full_tkm)?;
    let below = load.checked_mul(f)?.checked_mul(average)?;
    let common = gcd(above, below);
    let above = (above / common).checked_mul(Rate::ONE_MANTISSA)?;
    let ratio = Rounding::HalfEven.divide(above, Some(below / common).filter(|below| *below > 0)?);
    Some(Rate::from_mantissa(ratio))
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

const fn fits(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::FreightWork | Dimension::Mass | Dimension::Length)
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
