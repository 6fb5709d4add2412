//! The design in the numbers that the solver knows.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::heat::per_unit_in;
use greenheart_network::region::{Intake, Lane, Output, Place, Plant, Pool, Receiver, Region, RegionSource};
use greenheart_units::Amount;

use super::build::{Design, Ground, MONTHS, THOUSAND};
use super::plants::{IntakeEntry, PlantEntry};
use super::ways::{Pump, Spot, Way, high};

/// Hours of a month, for the size of a pump.
const HOURS: f64 = 730.0;
/// More than anything that flows, for what has no limit of its own.
const ROOM: f64 = 1e9;

impl Design {
    pub(super) fn fill_region(&mut self, ground: &Ground<'_>) {
        self.properties = self.limited(ground);
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for way in &self.ways {
            let next = numbers.len();
            numbers.entry(way.material.clone()).or_insert(next);
        }
        let takes = |spot: Spot| -> BTreeSet<usize> {
            let here = self.ways.iter().filter(|way| way.to == spot);
            here.filter_map(|way| numbers.get(&way.material).copied()).collect()
        };
        let first = |spot: Spot| self.ways.iter().find(|way| way.from == spot);
        let number = |material: &str| numbers.get(material).copied();
        let sources = self.offers.iter().enumerate().map(|(at, offer)| RegionSource {
            commodity: first(Spot::Offer(at))
                .and_then(|way| number(&way.material))
                .unwrap_or(0),
            available: offer.months.clone(),
            // What the taker pays the giver stays inside the region.
            price: 0.0,
            disposal_cost: offer.nok,
            disposal_co2e: offer.co2e,
            quality: self.figures(|name| high(&ground.kept[offer.at], name).unwrap_or(0.0)),
        });
        let receivers = self.wants.iter().enumerate().map(|(at, want)| Receiver {
            takes: takes(Spot::Want(at)).into_iter().collect(),
            wanted: want.months.clone(),
            virgin_cost: want.nok,
            virgin_co2e: want.co2e,
            virgin_primary: if want.is_mass() { 1.0 } else { 0.0 },
            virgin_quality: self.figures(|_| 0.0),
            limits: self.figures(|name| high(&ground.kept[want.at], name).unwrap_or(f64::INFINITY)),
        });
        let mut plants: Vec<Plant> = ground
            .book
            .plants
            .iter()
            .map(|plant| self.plant(plant, &numbers))
            .collect();
        plants.extend(self.pumps.iter().map(|pump| self.pump(ground, pump, &numbers)));
        let pools = ground.book.pools.iter().map(|pool| Pool {
            commodity: number(&pool.material).unwrap_or(0),
            capacity: pool.capacity_month.to_model_f64(),
        });
        let lanes = self.ways.iter().map(|way| self.lane(ground, way, &numbers));
        self.region = Region {
            periods: MONTHS,
            properties: self.properties.len(),
            sources: sources.collect(),
            receivers: receivers.collect(),
            plants,
            pools: pools.collect(),
            lanes: lanes.collect(),
            budget: ground.request.budget_nok.map_or(f64::INFINITY, Amount::to_model_f64),
        };
    }

    fn figures(&self, of: impl Fn(&str) -> f64) -> Vec<f64> {
        self.properties.iter().map(|name| of(name)).collect()
    }

    fn plant(&self, plant: &PlantEntry, numbers: &BTreeMap<String, usize>) -> Plant {
        // What no way touches never flows; any number that is nobody else's stands for it.
        let number = |material: &str, at: usize| numbers.get(material).copied().unwrap_or(numbers.len() + at);
        let made = plant.makes.len();
        Plant {
            takes: plant
                .takes
                .iter()
                .enumerate()
                .map(|(at, intake)| Intake {
                    commodity: number(&intake.material, made + at),
                    yields: plant
                        .makes
                        .iter()
                        .map(|output| {
                            intake
                                .yields
                                .get(&output.material)
                                .map_or(0.0, |share| share.to_model_f64())
                        })
                        .collect(),
                    cost: self.energy_nok(intake),
                    co2e: self.energy_co2e(intake),
                })
                .collect(),
            outputs: plant
                .makes
                .iter()
                .enumerate()
                .map(|(at, output)| Output {
                    commodity: number(&output.material, at),
                    quality: self.figures(|name| output.properties.get(name).map_or(0.0, |most| most.to_model_f64())),
                    rest_cost: output.rest_nok.to_model_f64(),
                    rest_co2e: output.rest_kg_co2e.to_model_f64(),
                })
                .collect(),
            limits: self.figures(|name| plant.limits.get(name).map_or(f64::INFINITY, |most| most.to_model_f64())),
            capacity: plant.capacity_month.to_model_f64(),
            least: plant.least_month.to_model_f64(),
            investment: plant.nok_year.to_model_f64(),
        }
    }

    fn energy_nok(&self, intake: &IntakeEntry) -> f64 {
        let price = |price: Option<Amount>| price.map_or(0.0, Amount::to_model_f64);
        intake.nok.to_model_f64()
            + intake.electricity_kwh.to_model_f64() * price(self.prices.electricity_nok_kwh)
            + intake.heat_kwh.to_model_f64() * price(self.prices.heat_nok_kwh)
    }

    fn energy_co2e(&self, intake: &IntakeEntry) -> f64 {
        let per_kwh = |known: &Option<super::super::facts::Intensity>| known.as_ref().map_or(0.0, |one| one.per_unit);
        intake.kg_co2e.to_model_f64()
            + intake.electricity_kwh.to_model_f64() * per_kwh(&self.power)
            + intake.heat_kwh.to_model_f64() * per_kwh(&self.heat)
    }

    fn pump(&self, ground: &Ground<'_>, pump: &Pump, numbers: &BTreeMap<String, usize>) -> Plant {
        let (out, power) = per_unit_in(pump.cop);
        let number = |material: &str| numbers.get(material).copied().unwrap_or(0);
        // No larger than what both ends can use in their strongest month.
        let capacity = pump.peaks.0.min(pump.peaks.1 / out);
        let per_kw = ground
            .book
            .heat_pumps
            .as_ref()
            .map_or(0.0, |terms| terms.nok_year_per_kw.to_model_f64());
        let price = self.prices.electricity_nok_kwh.map_or(0.0, Amount::to_model_f64);
        let co2e = self.power.as_ref().map_or(0.0, |one| one.per_unit);
        Plant {
            takes: vec![Intake {
                commodity: number(&pump.cold),
                yields: vec![out],
                cost: power * THOUSAND * price,
                co2e: power * THOUSAND * co2e,
            }],
            outputs: vec![Output {
                commodity: number(&pump.hot),
                quality: self.figures(|_| 0.0),
                rest_cost: 0.0,
                rest_co2e: 0.0,
            }],
            limits: self.figures(|_| f64::INFINITY),
            capacity,
            least: 0.0,
            investment: capacity * out * THOUSAND / HOURS * per_kw,
        }
    }

    fn lane(&self, ground: &Ground<'_>, way: &Way, numbers: &BTreeMap<String, usize>) -> Lane {
        let request = ground.request;
        let (most, least) = self.most(ground, way);
        let signed = match (way.from, way.to) {
            (Spot::Offer(offer), Spot::Want(want)) => {
                let key = (
                    ground.kept[self.offers[offer].at].stream.id.to_string(),
                    ground.kept[self.wants[want].at].stream.member.to_string(),
                );
                ground.signed.get(&key).map_or(0.0, |yearly| yearly / 12.0)
            }
            _ => 0.0,
        };
        let pipes = ground.book.pipes.as_ref().filter(|_| way.piped);
        let laid = pipes.map_or(0.0, |pipes| pipes.nok_year_per_m.to_model_f64() * way.km * THOUSAND);
        let lost = pipes
            .filter(|_| way.material.starts_with("heat@"))
            .map_or(0.0, |pipes| pipes.loss_per_km.to_model_f64() * way.km);
        // What leaves a plant or a pool is agreed with its operator; what leaves a pump is at the taker's already.
        let agreed = if way.contracted || way.km <= 0.0 {
            0.0
        } else {
            request.fixed_nok.to_model_f64()
        };
        let by_road = if way.piped { 0.0 } else { way.km };
        Lane {
            from: place(way.from),
            to: place(way.to),
            commodity: numbers.get(&way.material).copied().unwrap_or(0),
            cost: by_road * request.transport_nok_per_tkm.to_model_f64(),
            co2e: by_road * self.road.per_unit,
            arrives: (1.0 - lost).clamp(0.0, 1.0),
            capacity: most,
            fixed: agreed + laid,
            minimum_lot: request.minimum_lot_t.to_model_f64().min(most) * if way.piped { 0.0 } else { 1.0 },
            // A contract counts as far as both ends can hold it in every month.
            contracted: signed.min(least).max(0.0),
        }
    }

    /// The most that a way can carry in any month, and in its weakest.
    fn most(&self, ground: &Ground<'_>, way: &Way) -> (f64, f64) {
        let of = |spot: Spot| -> Vec<f64> {
            match spot {
                Spot::Offer(at) => self.offers[at].months.clone(),
                // What is lost on the way may be sent on top of what is wanted.
                Spot::Want(at) if way.piped => self.wants[at].months.iter().map(|units| units * 2.0).collect(),
                Spot::Want(at) => self.wants[at].months.clone(),
                Spot::Pool(at) => vec![ground.book.pools[at].capacity_month.to_model_f64(); MONTHS],
                Spot::Plant(at) => {
                    let capacity = ground.book.plants.get(at).map_or(ROOM, |plant| {
                        let yields = plant.takes.iter().flat_map(|intake| intake.yields.values());
                        let best = yields.map(|share| share.to_model_f64()).fold(1.0, f64::max);
                        plant.capacity_month.to_model_f64() * best
                    });
                    vec![capacity; MONTHS]
                }
            }
        };
        let monthly: Vec<f64> = of(way.from)
            .iter()
            .zip(of(way.to))
            .map(|(have, need)| have.min(need))
            .collect();
        let most = monthly.iter().copied().fold(0.0, f64::max);
        (most, monthly.into_iter().fold(f64::INFINITY, f64::min))
    }

    /// Properties that somebody limits from above: wants for their blend, plants for their intake.
    fn limited(&self, ground: &Ground<'_>) -> Vec<String> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for want in &self.wants {
            let limits = ground.kept[want.at].stream.properties.iter();
            let blend = limits.filter(|limit| limit.blends && limit.upper.is_some());
            names.extend(blend.map(|limit| limit.name.clone()));
        }
        names.extend(ground.book.plants.iter().flat_map(|plant| plant.limits.keys().cloned()));
        names.into_iter().collect()
    }
}

fn place(spot: Spot) -> Place {
    match spot {
        Spot::Offer(at) => Place::Source(at),
        Spot::Plant(at) => Place::Plant(at),
        Spot::Pool(at) => Place::Pool(at),
        Spot::Want(at) => Place::Receiver(at),
    }
}
