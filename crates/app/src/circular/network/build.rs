//! The network's problem from streams: what is over, what is bought, at which factors. What may go where is `ways`.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::stream::{Direction, Kind};
use greenheart_model::FactorId;
use greenheart_network::region::Region;
use greenheart_units::Dimension;

use super::super::facts::{Facts, Intensity};
use super::super::kept::Kept;
use super::super::material_of;
use super::plants::{EnergyPrices, PlantBook};
use super::ways::{Pump, Spot, Way};
use super::{LeftOut, NetworkRequest};
use crate::AppError;

/// Calendar months are the periods of the design.
pub(super) const MONTHS: usize = 12;
/// The design counts thousands of base units: t, MWh, thousand m³.
pub(super) const THOUSAND: f64 = 1_000.0;

/// A stream in the design, with what the region needs to know of it.
#[derive(Debug, Clone)]
pub(in crate::circular) struct End {
    /// Position among the streams.
    pub at: usize,
    /// Material of the glossary.
    pub material: &'static str,
    /// What it is, physically.
    pub kind: Kind,
    /// Of heat: °C.
    pub temperature_c: Option<f64>,
    /// Units in each calendar month: of an offer what is lost today, of a want what is primary today.
    pub months: Vec<f64>,
    /// NOK per unit that today's way costs: handling of what is left over, or virgin material.
    pub nok: f64,
    /// kg CO2e per unit of the same.
    pub co2e: f64,
    /// What is not known of it, told when it is used.
    pub gaps: Vec<LeftOut>,
}

impl End {
    /// Most in a month.
    pub fn peak(&self) -> f64 {
        self.months.iter().copied().fold(0.0, f64::max)
    }

    /// Whether it comes by road, and not through a pipe.
    pub fn is_mass(&self) -> bool {
        matches!(self.kind, Kind::Material | Kind::Residue)
    }
}

/// The region with what its numbers stand for.
pub(in crate::circular) struct Design {
    pub region: Region,
    pub offers: Vec<End>,
    pub wants: Vec<End>,
    /// One for each lane of the region, in its order.
    pub ways: Vec<Way>,
    /// Names of the region's plants, those of the file first.
    pub plants: Vec<String>,
    /// Names of its pools.
    pub pools: Vec<String>,
    /// Pumps between streams of heat, in the order of the plants after those of the file.
    pub(super) pumps: Vec<Pump>,
    /// What energy costs.
    pub(super) prices: EnergyPrices,
    pub left_out: Vec<LeftOut>,
    pub factors: BTreeSet<FactorId>,
    pub road: Intensity,
    /// Power and heat that plants use, where a factor is known.
    pub power: Option<Intensity>,
    pub heat: Option<Intensity>,
    /// Names of the properties that the region counts.
    pub properties: Vec<String>,
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
    pub book: &'a PlantBook,
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
            plants: Vec::new(),
            pools: Vec::new(),
            pumps: Vec::new(),
            prices: ground.book.energy.clone(),
            left_out: Vec::new(),
            factors: road.factors.iter().cloned().collect(),
            road,
            power: ground.facts.electricity()?,
            heat: ground.facts.heat()?,
            properties: Vec::new(),
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
        design.fill_region(ground);
        Ok(design)
    }

    /// Takes a stream in as an end, or says why not.
    fn take(&mut self, ground: &Ground<'_>, at: usize) -> Result<(), AppError> {
        let kept = &ground.kept[at];
        let stream = &kept.stream;
        let mut out = |reason: &str| self.left_out.push(LeftOut::new(kept, reason, ""));
        let dimension = match stream.kind {
            Kind::Material | Kind::Residue => Dimension::Mass,
            Kind::Heat | Kind::Gas => Dimension::Energy,
            Kind::Water => Dimension::Volume,
            Kind::Electricity => {
                out("not_a_material");
                return Ok(());
            }
        };
        let is_mass = dimension == Dimension::Mass;
        if !is_mass && ground.book.pipes.is_none() {
            out("no_pipes");
            return Ok(());
        }
        let known = stream.quantities.as_ref().filter(|quantities| quantities.known().1 > 0);
        let Some(quantities) = known.filter(|quantities| quantities.dimension == dimension) else {
            out(if is_mass { "no_mass" } else { "no_amount" });
            return Ok(());
        };
        let temperature_c = stream.heat.as_ref().map(|heat| heat.supply_c.to_model_f64());
        if stream.kind == Kind::Heat && temperature_c.is_none() {
            out("no_temperature");
            return Ok(());
        }
        // What a bought item may be replaced by stands in the table; only what a person enters is matched by its words.
        let material = match (stream.direction, &kept.item) {
            _ if stream.kind == Kind::Heat => "waste_heat",
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
        let units = quantities
            .months
            .map(|month| month.unwrap_or_default().to_model_f64() / THOUSAND);
        let (share, end) = match stream.direction {
            Direction::Offer => self.offer(ground, kept)?,
            Direction::Want => self.want(ground, kept)?,
        };
        let months: Vec<f64> = units.iter().map(|units| units * share).collect();
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
            kind: stream.kind,
            temperature_c,
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
        // Surplus heat, water and gas go to waste for nothing.
        if kg_with_nok <= 0.0 && stated.is_none() && matches!(kept.stream.kind, Kind::Material | Kind::Residue) {
            gaps.push(LeftOut::new(kept, "cost_unknown", ""));
        }
        let end = End {
            at: 0,
            material: "",
            kind: kept.stream.kind,
            temperature_c: None,
            months: Vec::new(),
            nok: per_kg * THOUSAND,
            co2e: if kg > 0.0 { co2e / kg * THOUSAND } else { 0.0 },
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
        let factor = match (&kept.item, kept.stream.kind) {
            (Some(item), _) => ground.facts.virgin(item, per_kg)?,
            (None, Kind::Heat) => ground.facts.heat()?,
            (None, Kind::Water) => ground.facts.water()?,
            (None, _) => None,
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
            kind: kept.stream.kind,
            temperature_c: None,
            months: Vec::new(),
            nok: per_kg.unwrap_or(0.0) * THOUSAND,
            co2e: factor.map_or(0.0, |factor| factor.per_unit * THOUSAND),
            gaps,
        };
        Ok((share, end))
    }

    /// Leaves out ends that no way touches, and tells the gaps of those that stay.
    fn drop_lonely(&mut self) {
        let spots = || self.ways.iter().flat_map(|way| [way.from, way.to]);
        let offers: BTreeSet<usize> = spots()
            .filter_map(|spot| match spot {
                Spot::Offer(at) => Some(at),
                _ => None,
            })
            .collect();
        let wants: BTreeSet<usize> = spots()
            .filter_map(|spot| match spot {
                Spot::Want(at) => Some(at),
                _ => None,
            })
            .collect();
        let place = |used: &BTreeSet<usize>, old: usize| used.iter().position(|one| *one == old).unwrap_or(0);
        let moved = |spot: Spot| match spot {
            Spot::Offer(at) => Spot::Offer(place(&offers, at)),
            Spot::Want(at) => Spot::Want(place(&wants, at)),
            other => other,
        };
        for way in &mut self.ways {
            (way.from, way.to) = (moved(way.from), moved(way.to));
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
}
