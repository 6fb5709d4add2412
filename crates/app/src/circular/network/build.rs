//! The network's problem from streams: what is over, what is bought, what may replace what, how far, at which factors.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::stream::{Direction, Kind, LimitOutcome, check_limits};
use greenheart_circular::substitutes::substitute;
use greenheart_model::FactorId;
use greenheart_network::region::{Lane, Place, Receiver, Region, RegionSource};
use greenheart_units::{Amount, Dimension};

use super::super::facts::{Facts, Intensity};
use super::super::kept::Kept;
use super::super::matching::crow_km;
use super::super::material_of;
use super::{LeftOut, NetworkRequest};
use crate::AppError;

/// Calendar months are the periods of the design.
pub(super) const MONTHS: usize = 12;
const KG_PER_TONNE: f64 = 1_000.0;
/// Without plants nothing changes what it is on the way: the lanes alone say what goes where, and one material is enough.
const ONE: usize = 0;

/// A stream in the design, with what the region needs to know of it.
#[derive(Debug, Clone)]
pub(in crate::circular) struct End {
    /// Position among the streams.
    pub at: usize,
    /// Material of the glossary.
    pub material: &'static str,
    /// t in each calendar month: of an offer what is lost today, of a want what is primary today.
    pub months: Vec<f64>,
    /// NOK per tonne that today's way costs: handling of what is left over, or virgin material.
    pub nok: f64,
    /// kg CO2e per tonne of the same.
    pub co2e: f64,
    /// What is not known of it, told when it is used.
    pub gaps: Vec<LeftOut>,
}

/// A lane in the design.
#[derive(Debug, Clone)]
pub(in crate::circular) struct Way {
    /// Position among the offers of the design.
    pub offer: usize,
    /// Position among its wants.
    pub want: usize,
    /// By road, km.
    pub km: f64,
    /// Where the process is described.
    pub source: String,
    /// A contract is signed.
    pub contracted: bool,
}

/// The region with what its numbers stand for.
pub(in crate::circular) struct Design {
    pub region: Region,
    pub offers: Vec<End>,
    pub wants: Vec<End>,
    pub ways: Vec<Way>,
    pub left_out: Vec<LeftOut>,
    pub factors: BTreeSet<FactorId>,
    pub road: Intensity,
    /// Identifiers of the offers of the design.
    pub ids: Vec<String>,
    /// Identifiers of its wants.
    pub want_ids: Vec<String>,
}

/// Streams and what was signed, as the builder reads them.
pub(in crate::circular) struct Ground<'a> {
    pub kept: &'a [Kept],
    /// Positions of the streams that may be used.
    pub usable: Vec<usize>,
    /// Tonnes a year by offer and taker that a contract or deliveries stand for.
    pub signed: BTreeMap<(String, String), f64>,
    pub facts: &'a Facts,
    pub request: &'a NetworkRequest,
}

impl Design {
    pub(in crate::circular) fn new(ground: &Ground<'_>) -> Result<Self, AppError> {
        let road = ground.facts.road()?.ok_or_else(|| {
            AppError::input(
                "the factor set in use has no factor for road freight",
                "use a set that has `road_freight`",
            )
        })?;
        let mut design = Self {
            region: Region::default(),
            offers: Vec::new(),
            wants: Vec::new(),
            ways: Vec::new(),
            left_out: Vec::new(),
            factors: road.factors.iter().cloned().collect(),
            road,
            ids: Vec::new(),
            want_ids: Vec::new(),
        };
        for at in &ground.usable {
            design.take(ground, *at)?;
        }
        design.connect(ground);
        design.drop_lonely();
        let id = |end: &End| ground.kept[end.at].stream.id.to_string();
        design.ids = design.offers.iter().map(id).collect();
        design.want_ids = design.wants.iter().map(id).collect();
        design.region = design.region(ground);
        Ok(design)
    }

    /// Takes a stream in as an end, or says why not.
    fn take(&mut self, ground: &Ground<'_>, at: usize) -> Result<(), AppError> {
        let kept = &ground.kept[at];
        let stream = &kept.stream;
        let mut out = |reason: &str| self.left_out.push(LeftOut::new(kept, reason, ""));
        if !matches!(stream.kind, Kind::Material | Kind::Residue) {
            out("not_a_material");
            return Ok(());
        }
        let known = stream.quantities.as_ref().filter(|quantities| quantities.known().1 > 0);
        let Some(quantities) = known.filter(|quantities| quantities.dimension == Dimension::Mass) else {
            out("no_mass");
            return Ok(());
        };
        // What a bought item may be replaced by stands in the table; only what a person enters is matched by its words.
        let material = match (stream.direction, &kept.item) {
            (Direction::Want, Some(_)) => "",
            _ => match material_of(stream) {
                Some(material) => material,
                None => {
                    out("material_unknown");
                    return Ok(());
                }
            },
        };
        // A month that nobody knows counts as nothing: never more than is known can flow.
        let tonnes = quantities
            .months
            .map(|month| month.unwrap_or_default().to_model_f64() / KG_PER_TONNE);
        let (share, end) = match stream.direction {
            Direction::Offer => self.offer(ground, kept)?,
            Direction::Want => self.want(ground, kept)?,
        };
        let months: Vec<f64> = tonnes.iter().map(|tonnes| tonnes * share).collect();
        if months.iter().sum::<f64>() <= 0.0 {
            let reason = match stream.direction {
                Direction::Offer => "recycled_today",
                Direction::Want => "secondary_today",
            };
            self.left_out.push(LeftOut::new(kept, reason, ""));
            return Ok(());
        }
        let end = End {
            at,
            material,
            months,
            ..end
        };
        match stream.direction {
            Direction::Offer => self.offers.push(end),
            Direction::Want => self.wants.push(end),
        }
        Ok(())
    }

    /// What is lost today, with what that costs. What is material again today stays where it goes.
    fn offer(&mut self, ground: &Ground<'_>, kept: &Kept) -> Result<(f64, End), AppError> {
        let mut lost = (0.0, 0.0, 0.0, 0.0);
        let (mut all, mut gaps) = (0.0, Vec::new());
        for fate in &kept.today {
            let kg = fate.kg.to_model_f64();
            all += kg;
            if !fate.treatment.is_lost() {
                continue;
            }
            lost.0 += kg;
            if let Some(nok) = fate.nok {
                lost.1 += nok.to_model_f64();
                lost.2 += kg;
            }
            let factor = match &kept.item {
                Some(item) => ground.facts.waste(item, fate.treatment)?,
                None => None,
            };
            match factor {
                Some(factor) => {
                    self.factors.extend(factor.factors);
                    lost.3 += kg * factor.per_unit;
                }
                None => gaps.push(LeftOut::new(kept, "no_factor", fate.treatment.name())),
            }
        }
        let (kg, nok, kg_with_nok, co2e) = lost;
        let share = if all > 0.0 { kg / all } else { 1.0 };
        let stated = kept
            .stream
            .price
            .map(|price| -price.nok_per_unit.to_model_f64())
            .filter(|fee| *fee > 0.0);
        let per_kg = if kg_with_nok > 0.0 {
            nok / kg_with_nok
        } else {
            stated.unwrap_or(0.0)
        };
        if kg_with_nok <= 0.0 && stated.is_none() {
            gaps.push(LeftOut::new(kept, "cost_unknown", ""));
        }
        let end = End {
            at: 0,
            material: "",
            months: Vec::new(),
            nok: per_kg * KG_PER_TONNE,
            co2e: if kg > 0.0 { co2e / kg * KG_PER_TONNE } else { 0.0 },
            gaps,
        };
        Ok((share, end))
    }

    /// What is primary today, with what that costs.
    fn want(&mut self, ground: &Ground<'_>, kept: &Kept) -> Result<(f64, End), AppError> {
        let paid = kept.paid.filter(|(_, kg)| !kg.is_zero());
        let per_kg = paid
            .map(|(nok, kg)| nok.to_model_f64() / kg.to_model_f64())
            .or_else(|| kept.stream.price.map(|price| price.nok_per_unit.to_model_f64()));
        let mut gaps = Vec::new();
        if per_kg.is_none() {
            gaps.push(LeftOut::new(kept, "cost_unknown", ""));
        }
        let factor = match &kept.item {
            Some(item) => ground.facts.virgin(item, per_kg)?,
            None => None,
        };
        if factor.is_none() {
            gaps.push(LeftOut::new(kept, "no_factor", "primary"));
        }
        self.factors
            .extend(factor.iter().flat_map(|factor| factor.factors.clone()));
        let all = kept.stream.quantities.as_ref().map(|quantities| quantities.known().0);
        let share = match (kept.primary_kg, all) {
            (Some(primary), Some(all)) if !all.is_zero() => {
                (primary.to_model_f64() / all.to_model_f64()).clamp(0.0, 1.0)
            }
            _ => 1.0,
        };
        let end = End {
            at: 0,
            material: "",
            months: Vec::new(),
            nok: per_kg.unwrap_or(0.0) * KG_PER_TONNE,
            co2e: factor.map_or(0.0, |factor| factor.per_unit * KG_PER_TONNE),
            gaps,
        };
        Ok((share, end))
    }

    /// Every pair in which the material can replace what is bought, between two members, near enough, against no known limit.
    fn connect(&mut self, ground: &Ground<'_>) {
        for (offer, from) in self.offers.iter().enumerate() {
            for (want, to) in self.wants.iter().enumerate() {
                let (giver, taker) = (&ground.kept[from.at], &ground.kept[to.at]);
                if giver.stream.member == taker.stream.member {
                    continue;
                }
                let Some(source) = process(giver, taker, from.material, to.material) else {
                    continue;
                };
                let km = crow_km(giver.stream.place, taker.stream.place);
                let Some(km) = km.map(|km| km * ground.request.road_factor.to_model_f64()) else {
                    self.left_out.push(LeftOut::between(giver, taker, "no_place", ""));
                    continue;
                };
                let limits = [
                    giver.stream.max_distance_km,
                    taker.stream.max_distance_km,
                    ground.request.max_km,
                ];
                if limits.into_iter().flatten().any(|most| km > f64::from(most)) {
                    self.left_out
                        .push(LeftOut::between(giver, taker, "too_far", &format!("{km:.0} km")));
                    continue;
                }
                if let Some((reason, property)) = against_limits(giver, taker) {
                    self.left_out.push(LeftOut::between(giver, taker, reason, &property));
                    continue;
                }
                let key = (giver.stream.id.to_string(), taker.stream.member.to_string());
                self.ways.push(Way {
                    offer,
                    want,
                    km,
                    source,
                    contracted: ground.signed.contains_key(&key),
                });
            }
        }
    }

    /// Leaves out ends that no lane touches, and says so.
    fn drop_lonely(&mut self) {
        let offers: BTreeSet<usize> = self.ways.iter().map(|way| way.offer).collect();
        let wants: BTreeSet<usize> = self.ways.iter().map(|way| way.want).collect();
        let place = |used: &BTreeSet<usize>, old: usize| used.iter().position(|one| *one == old).unwrap_or(0);
        for way in &mut self.ways {
            (way.offer, way.want) = (place(&offers, way.offer), place(&wants, way.want));
        }
        let keep = |ends: &mut Vec<End>, used: &BTreeSet<usize>| {
            let mut at = 0;
            ends.retain(|_| {
                at += 1;
                used.contains(&(at - 1))
            });
        };
        keep(&mut self.offers, &offers);
        keep(&mut self.wants, &wants);
        for end in self.offers.iter_mut().chain(&mut self.wants) {
            self.left_out.append(&mut end.gaps);
        }
    }

    fn region(&self, ground: &Ground<'_>) -> Region {
        let properties = self.properties(ground);
        let request = ground.request;
        let fixed = request.fixed_nok.to_model_f64();
        Region {
            periods: MONTHS,
            properties: properties.len(),
            sources: (0..self.offers.len())
                .map(|offer| RegionSource {
                    commodity: ONE,
                    available: self.offers[offer].months.clone(),
                    // What the taker pays the giver stays inside the region.
                    price: 0.0,
                    disposal_cost: self.offers[offer].nok,
                    disposal_co2e: self.offers[offer].co2e,
                    quality: properties
                        .iter()
                        .map(|name| high(&ground.kept[self.offers[offer].at], name))
                        .collect(),
                })
                .collect(),
            receivers: (0..self.wants.len())
                .map(|want| Receiver {
                    commodity: ONE,
                    wanted: self.wants[want].months.clone(),
                    virgin_cost: self.wants[want].nok,
                    virgin_co2e: self.wants[want].co2e,
                    virgin_primary: 1.0,
                    virgin_quality: vec![0.0; properties.len()],
                    limits: properties
                        .iter()
                        .map(|name| limit(&ground.kept[self.wants[want].at], name).unwrap_or(f64::INFINITY))
                        .collect(),
                })
                .collect(),
            plants: Vec::new(),
            lanes: self.ways.iter().map(|way| self.lane(ground, way, fixed)).collect(),
            budget: request.budget_nok.map_or(f64::INFINITY, Amount::to_model_f64),
        }
    }

    fn lane(&self, ground: &Ground<'_>, way: &Way, fixed: f64) -> Lane {
        let (from, to) = (&self.offers[way.offer], &self.wants[way.want]);
        let monthly: Vec<f64> = from
            .months
            .iter()
            .zip(&to.months)
            .map(|(have, need)| have.min(*need))
            .collect();
        let capacity = monthly.iter().copied().fold(0.0, f64::max);
        let key = (
            ground.kept[from.at].stream.id.to_string(),
            ground.kept[to.at].stream.member.to_string(),
        );
        // A contract counts as far as both ends can hold it in every month.
        let least = monthly.iter().copied().fold(f64::INFINITY, f64::min);
        let signed = ground.signed.get(&key).map_or(0.0, |yearly| yearly / 12.0);
        Lane {
            from: Place::Source(way.offer),
            to: Place::Receiver(way.want),
            commodity: ONE,
            cost: way.km * ground.request.transport_nok_per_tkm.to_model_f64(),
            co2e: way.km * self.road.per_unit,
            capacity,
            fixed: if way.contracted { 0.0 } else { fixed },
            minimum_lot: ground.request.minimum_lot_t.to_model_f64().min(capacity),
            contracted: signed.min(least).max(0.0),
        }
    }

    /// Properties that some want limits from above and that blend.
    fn properties(&self, ground: &Ground<'_>) -> Vec<String> {
        let mut names = BTreeSet::new();
        for want in &self.wants {
            let limits = ground.kept[want.at].stream.properties.iter();
            names.extend(
                limits
                    .filter(|limit| limit.blends && limit.upper.is_some())
                    .map(|limit| limit.name.clone()),
            );
        }
        names.into_iter().collect()
    }
}

/// Where it is described that the one can replace the other; a want that a person entered asks for the material itself.
fn process(giver: &Kept, taker: &Kept, material: &str, wanted: &str) -> Option<String> {
    match (&taker.item, &taker.stream.codes.nace) {
        (None, _) => (material == wanted).then(String::new),
        (Some(item), Some(nace)) => substitute(material, item, nace).map(|one| one.source.to_owned()),
        (Some(_), None) => None,
    }
    .filter(|_| giver.stream.is_open() && taker.stream.is_open())
}

/// The first limit that the offer breaks, or that nobody has measured and a blend would need.
fn against_limits(giver: &Kept, taker: &Kept) -> Option<(&'static str, String)> {
    let results = check_limits(&giver.stream, &taker.stream);
    let failed = results
        .iter()
        .find(|result| matches!(result.outcome, LimitOutcome::Fail { .. }));
    if let Some(failed) = failed {
        let blends = taker
            .stream
            .properties
            .iter()
            .any(|limit| limit.name == failed.property && limit.blends);
        // What is too much alone may still be fine in a mix; the design keeps the limit of the blend.
        if !blends || high_of(giver, &failed.property).is_none() {
            return Some(("limit_fails", failed.property.clone()));
        }
    }
    let unknown = results
        .into_iter()
        .find(|result| matches!(result.outcome, LimitOutcome::Unknown { .. }));
    unknown.map(|unknown| ("test_missing", unknown.property))
}

fn high_of(kept: &Kept, name: &str) -> Option<f64> {
    let property = kept.stream.properties.iter().find(|property| property.name == name);
    property.and_then(|property| property.upper).map(Amount::to_model_f64)
}

fn high(kept: &Kept, name: &str) -> f64 {
    high_of(kept, name).unwrap_or(0.0)
}

fn limit(kept: &Kept, name: &str) -> Option<f64> {
    high_of(kept, name)
}
