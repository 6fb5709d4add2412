//! What may go where: straight to who can use it, by way of a plant or a pool, or as heat through a pipe and perhaps a pump.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::heat::{flows_directly, pump_cop};
use greenheart_circular::stream::{Kind, LimitOutcome, check_limits};
use greenheart_circular::substitutes::substitute;
use greenheart_model::Coordinates;
use greenheart_units::Amount;

use super::super::kept::Kept;
use super::super::matching::crow_km;
use super::LeftOut;
use super::build::{Design, End, Ground};
use super::plants::{OutputEntry, PlantEntry, PoolEntry};

/// An end of a way, by number in the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::circular) enum Spot {
    /// An offer.
    Offer(usize),
    /// A plant.
    Plant(usize),
    /// A pool.
    Pool(usize),
    /// A want.
    Want(usize),
}

/// A lane of the design.
#[derive(Debug, Clone)]
pub(in crate::circular) struct Way {
    pub from: Spot,
    pub to: Spot,
    /// What travels: a material, or heat of one temperature.
    pub material: String,
    /// By road, or along the pipe, km.
    pub km: f64,
    /// Through a pipe.
    pub piped: bool,
    /// Where the process is described.
    pub source: String,
    /// A contract is signed.
    pub contracted: bool,
}

/// A pump between an offer of heat and a want of more.
#[derive(Debug, Clone)]
pub(super) struct Pump {
    /// Heat out over power in.
    pub cop: f64,
    /// What it takes in.
    pub cold: String,
    /// What it makes.
    pub hot: String,
    /// Most of either in a month, MWh.
    pub peaks: (f64, f64),
}

impl Design {
    /// Finds every way that is near enough and against no known limit.
    pub(super) fn connect(&mut self, ground: &Ground<'_>) {
        self.straight(ground);
        self.plants = ground.book.plants.iter().map(|plant| plant.name.clone()).collect();
        self.pools = ground.book.pools.iter().map(|pool| pool.name.clone()).collect();
        for (at, plant) in ground.book.plants.iter().enumerate() {
            self.givers_of_plant(ground, at, plant);
            for output in &plant.makes {
                self.takers_of_plant(ground, at, plant, output);
            }
            for (other, next) in ground.book.plants.iter().enumerate().filter(|(other, _)| *other != at) {
                self.between_plants(ground, (at, plant), (other, next));
            }
        }
        for (at, pool) in ground.book.pools.iter().enumerate() {
            self.through_pool(ground, at, pool);
        }
        self.pumped(ground);
    }

    /// Every pair in which the material can replace what is bought, between two members.
    fn straight(&mut self, ground: &Ground<'_>) {
        for offer in 0..self.offers.len() {
            for want in 0..self.wants.len() {
                self.pair(ground, offer, want);
            }
        }
    }

    fn pair(&mut self, ground: &Ground<'_>, offer: usize, want: usize) {
        let (from, to) = (&self.offers[offer], &self.wants[want]);
        let (giver, taker) = (&ground.kept[from.at], &ground.kept[to.at]);
        if giver.stream.member == taker.stream.member || from.is_mass() != to.is_mass() {
            return;
        }
        let source = if from.is_mass() {
            process(taker, from.material, to.material)
        } else {
            let same = from.kind == to.kind && (from.kind == Kind::Heat || from.material == to.material);
            same.then(String::new)
        };
        let Some(source) = source else { return };
        if from.kind == Kind::Heat && !hot_enough(ground, from.temperature_c, to.temperature_c) {
            // Perhaps a pump raises it; that is asked later.
            return;
        }
        let piped = !from.is_mass();
        let material = if from.kind == Kind::Heat {
            heat_of(offer)
        } else {
            from.material.to_owned()
        };
        let km = match between(ground, (giver, giver.stream.place), (taker, taker.stream.place), piped) {
            Ok(km) => km,
            Err((reason, detail)) => {
                self.left_out.push(LeftOut::between(giver, taker, reason, &detail));
                return;
            }
        };
        if let Some((reason, property)) = against_limits(giver, taker) {
            self.left_out.push(LeftOut::between(giver, taker, reason, &property));
            return;
        }
        let key = (giver.stream.id.to_string(), taker.stream.member.to_string());
        self.ways.push(Way {
            from: Spot::Offer(offer),
            to: Spot::Want(want),
            material,
            km,
            piped,
            source,
            contracted: ground.signed.contains_key(&key),
        });
    }

    fn givers_of_plant(&mut self, ground: &Ground<'_>, at: usize, plant: &PlantEntry) {
        for offer in 0..self.offers.len() {
            let from = &self.offers[offer];
            let giver = &ground.kept[from.at];
            if from.kind == Kind::Heat || !plant.takes.iter().any(|intake| intake.material == from.material) {
                continue;
            }
            let untested = plant.limits.keys().find(|name| high(giver, name).is_none());
            let piped = !from.is_mass();
            let limits = [giver.stream.max_distance_km];
            let reached = match untested {
                Some(name) => Err(("test_missing", name.clone())),
                None => reach(ground, giver.stream.place, plant.place(), piped, &limits),
            };
            match reached {
                Ok(km) => {
                    let material = from.material.to_owned();
                    self.way(Spot::Offer(offer), Spot::Plant(at), material, km, piped, &plant.source);
                }
                Err((reason, detail)) => {
                    let detail = format!("{}: {detail}", plant.name);
                    self.left_out.push(LeftOut::new(giver, reason, &detail));
                }
            }
        }
    }

    fn takers_of_plant(&mut self, ground: &Ground<'_>, at: usize, plant: &PlantEntry, output: &OutputEntry) {
        for want in 0..self.wants.len() {
            let to = &self.wants[want];
            let taker = &ground.kept[to.at];
            let piped = !to.is_mass();
            let source = if to.kind == Kind::Heat {
                None
            } else if piped {
                (output.material == to.material).then(|| plant.source.clone())
            } else {
                process(taker, &output.material, to.material)
            };
            let Some(source) = source else { continue };
            let reached = match breaks(taker, &output.properties) {
                Some(broken) => Err(broken),
                None => reach(
                    ground,
                    plant.place(),
                    taker.stream.place,
                    piped,
                    &[taker.stream.max_distance_km],
                ),
            };
            match reached {
                Ok(km) => {
                    let says = if source.is_empty() { &plant.source } else { &source };
                    self.way(
                        Spot::Plant(at),
                        Spot::Want(want),
                        output.material.clone(),
                        km,
                        piped,
                        says,
                    );
                }
                Err((reason, detail)) => {
                    let detail = format!("{}: {detail}", plant.name);
                    self.left_out.push(LeftOut::new(taker, reason, &detail));
                }
            }
        }
    }

    fn between_plants(&mut self, ground: &Ground<'_>, (at, plant): (usize, &PlantEntry), next: (usize, &PlantEntry)) {
        for output in &plant.makes {
            let takes = next.1.takes.iter().any(|intake| intake.material == output.material);
            let answered = next.1.limits.keys().all(|name| output.properties.contains_key(name));
            if !takes || !answered {
                continue;
            }
            let piped = super::plants::unit_of(&output.material) != "t";
            if let Ok(km) = reach(ground, plant.place(), next.1.place(), piped, &[]) {
                let (from, to) = (Spot::Plant(at), Spot::Plant(next.0));
                self.way(from, to, output.material.clone(), km, piped, &next.1.source);
            }
        }
    }

    /// Streams that mix: a taker counts only with limits that hold for a blend, a giver only with all of those measured.
    fn through_pool(&mut self, ground: &Ground<'_>, at: usize, pool: &PoolEntry) {
        let takers: Vec<(usize, f64, String)> = (0..self.wants.len())
            .filter_map(|want| {
                let to = &self.wants[want];
                let taker = &ground.kept[to.at];
                if !to.is_mass() || taker.stream.properties.iter().any(|limit| !limit.blends) {
                    return None;
                }
                let source = process(taker, &pool.material, to.material)?;
                let km = reach(
                    ground,
                    pool.place(),
                    taker.stream.place,
                    false,
                    &[taker.stream.max_distance_km],
                );
                Some((want, km.ok()?, source))
            })
            .collect();
        let limited: BTreeSet<String> = takers
            .iter()
            .flat_map(|(want, ..)| &ground.kept[self.wants[*want].at].stream.properties)
            .filter(|limit| limit.upper.is_some())
            .map(|limit| limit.name.clone())
            .collect();
        let mut fed = false;
        for offer in 0..self.offers.len() {
            let from = &self.offers[offer];
            let giver = &ground.kept[from.at];
            if !from.is_mass() || from.material != pool.material {
                continue;
            }
            let reached = match limited.iter().find(|name| high(giver, name).is_none()) {
                Some(name) => Err(("test_missing", name.clone())),
                None => reach(
                    ground,
                    giver.stream.place,
                    pool.place(),
                    false,
                    &[giver.stream.max_distance_km],
                ),
            };
            match reached {
                Ok(km) => {
                    fed = true;
                    self.way(Spot::Offer(offer), Spot::Pool(at), pool.material.clone(), km, false, "");
                }
                Err((reason, detail)) => {
                    let detail = format!("{}: {detail}", pool.name);
                    self.left_out.push(LeftOut::new(giver, reason, &detail));
                }
            }
        }
        for (want, km, source) in takers.into_iter().filter(|_| fed) {
            self.way(
                Spot::Pool(at),
                Spot::Want(want),
                pool.material.clone(),
                km,
                false,
                &source,
            );
        }
    }

    /// Heat that is not hot enough, raised by a pump at the taker's.
    fn pumped(&mut self, ground: &Ground<'_>) {
        for (offer, want, cop) in self.possible_pumps(ground) {
            let (from, to) = (&self.offers[offer], &self.wants[want]);
            let (giver, taker) = (&ground.kept[from.at], &ground.kept[to.at]);
            match between(ground, (giver, giver.stream.place), (taker, taker.stream.place), true) {
                Ok(km) => {
                    let pump = Pump {
                        cop,
                        cold: heat_of(offer),
                        hot: format!("{}>{want}", heat_of(offer)),
                        peaks: (from.peak(), to.peak()),
                    };
                    let at = Spot::Plant(self.plants.len());
                    self.plants
                        .push(format!("pump:{}>{}", giver.stream.member, taker.stream.member));
                    self.way(Spot::Offer(offer), at, pump.cold.clone(), km, true, "");
                    self.way(at, Spot::Want(want), pump.hot.clone(), 0.0, true, "");
                    self.pumps.push(pump);
                }
                Err((reason, detail)) => self.left_out.push(LeftOut::between(giver, taker, reason, &detail)),
            }
        }
    }

    /// Offer, want and coefficient of performance of each pump that could be.
    fn possible_pumps(&self, ground: &Ground<'_>) -> Vec<(usize, usize, f64)> {
        let (Some(terms), Some(pipes)) = (&ground.book.heat_pumps, &ground.book.pipes) else {
            return Vec::new();
        };
        let heat = |ends: &[End]| -> Vec<(usize, f64, usize)> {
            let all = ends.iter().enumerate();
            all.filter_map(|(at, end)| Some((at, end.temperature_c.filter(|_| end.kind == Kind::Heat)?, end.at)))
                .collect()
        };
        let (share, approach) = (terms.carnot_share.to_model_f64(), pipes.approach_k.to_model_f64());
        let mut pumps = Vec::new();
        for (offer, cold, giver) in heat(&self.offers) {
            for (want, hot, taker) in heat(&self.wants) {
                let other = ground.kept[giver].stream.member != ground.kept[taker].stream.member;
                let raised = other && !flows_directly(cold, hot, approach);
                if raised && hot - cold <= terms.most_lift_k.to_model_f64() {
                    pumps.extend(pump_cop(cold, hot, share, approach).map(|cop| (offer, want, cop)));
                }
            }
        }
        pumps
    }

    fn way(&mut self, from: Spot, to: Spot, material: String, km: f64, piped: bool, source: &str) {
        self.ways.push(Way {
            from,
            to,
            material,
            km,
            piped,
            source: source.to_owned(),
            contracted: false,
        });
    }
}

fn heat_of(offer: usize) -> String {
    format!("heat@{offer}")
}

fn hot_enough(ground: &Ground<'_>, from: Option<f64>, to: Option<f64>) -> bool {
    let approach = ground
        .book
        .pipes
        .as_ref()
        .map_or(0.0, |pipes| pipes.approach_k.to_model_f64());
    from.zip(to)
        .is_some_and(|(from, to)| flows_directly(from, to, approach))
}

/// The distance between two ends, when it is known and within what both allow.
fn between(
    ground: &Ground<'_>,
    (giver, from): (&Kept, Option<Coordinates>),
    (taker, to): (&Kept, Option<Coordinates>),
    piped: bool,
) -> Result<f64, (&'static str, String)> {
    let limits = [giver.stream.max_distance_km, taker.stream.max_distance_km];
    reach(ground, from, to, piped, &limits)
}

fn reach(
    ground: &Ground<'_>,
    from: Option<Coordinates>,
    to: Option<Coordinates>,
    piped: bool,
    limits: &[Option<u32>],
) -> Result<f64, (&'static str, String)> {
    let Some(km) = crow_km(from, to) else {
        return Err(("no_place", String::new()));
    };
    let km = km * ground.request.road_factor.to_model_f64();
    let mut most: Vec<f64> = limits.iter().flatten().map(|most| f64::from(*most)).collect();
    most.extend(ground.request.max_km.map(f64::from));
    let pipes = ground.book.pipes.as_ref().filter(|_| piped);
    most.extend(pipes.map(|pipes| pipes.most_km.to_model_f64()));
    if most.into_iter().any(|most| km > most) {
        return Err(("too_far", format!("{km:.0} km")));
    }
    Ok(km)
}

/// Where it is described that the one can replace the other; a want that a person entered asks for the material itself.
fn process(taker: &Kept, material: &str, wanted: &str) -> Option<String> {
    match (&taker.item, &taker.stream.codes.nace) {
        (None, _) => (material == wanted).then(String::new),
        (Some(item), Some(nace)) => substitute(material, item, nace).map(|one| one.source.to_owned()),
        (Some(_), None) => None,
    }
}

/// The first limit that the offer breaks, or that nobody has measured and a blend would need.
fn against_limits(giver: &Kept, taker: &Kept) -> Option<(&'static str, String)> {
    let results = check_limits(&giver.stream, &taker.stream);
    let failed = results
        .iter()
        .find(|result| matches!(result.outcome, LimitOutcome::Fail { .. }));
    if let Some(failed) = failed {
        let limits = &taker.stream.properties;
        let blends = limits.iter().any(|limit| limit.name == failed.property && limit.blends);
        // What is too much alone may still be fine in a mix; the design keeps the limit of the blend.
        if !blends || high(giver, &failed.property).is_none() {
            return Some(("limit_fails", failed.property.clone()));
        }
    }
    let unknown = results
        .into_iter()
        .find(|result| matches!(result.outcome, LimitOutcome::Unknown { .. }));
    unknown.map(|unknown| ("test_missing", unknown.property))
}

/// The first limit of a taker that what a plant answers for breaks, or does not answer.
fn breaks(taker: &Kept, answered: &BTreeMap<String, Amount>) -> Option<(&'static str, String)> {
    taker.stream.properties.iter().find_map(|limit| {
        let most = limit.upper?;
        match answered.get(&limit.name) {
            None => Some(("test_missing", limit.name.clone())),
            Some(value) if *value > most && !limit.blends => Some(("limit_fails", limit.name.clone())),
            Some(_) => None,
        }
    })
}

/// The upper end of a measured range, or the limit of a want.
pub(super) fn high(kept: &Kept, name: &str) -> Option<f64> {
    let property = kept.stream.properties.iter().find(|property| property.name == name);
    property.and_then(|property| property.upper).map(Amount::to_model_f64)
}
