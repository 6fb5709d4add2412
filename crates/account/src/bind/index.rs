//! Finding the factor for an item, an aspect, a unit and a day without reading any text twice.

use std::collections::HashMap;

use super::quick::Quick;
use greenheart_model::{Date, Factor, FactorId, FactorSet, Gas, GasMasses, GwpSet, Text, Treatment};
use greenheart_units::{Amount, Basis, DecimalError, Dimension, Multiplier, Rate, Reading};

/// What a factor describes beyond its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Combustion,
    Upstream,
    Location,
    Market,
    Heat,
    Leak,
    Transport,
    Primary,
    Secondary,
    Service,
    Travel,
    Spend,
    /// A kilometre of an empty vehicle.
    EmptyKm,
    /// A kilometre of a full one.
    FullKm,
    /// A tonne-kilometre of a full one.
    FullTkm,
    Treated(Treatment),
}

const ASPECTS: usize = 23;
/// Distance of a group of countries that holds the members' own, or of the world.
const GROUP: u8 = 2;

impl Aspect {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "combustion" => Self::Combustion,
            "upstream" => Self::Upstream,
            "location" => Self::Location,
            "market" => Self::Market,
            "heat" => Self::Heat,
            "leak" => Self::Leak,
            "transport" => Self::Transport,
            "primary" => Self::Primary,
            "secondary" => Self::Secondary,
            "service" => Self::Service,
            "travel" => Self::Travel,
            "spend" => Self::Spend,
            "empty_km" => Self::EmptyKm,
            "full_km" => Self::FullKm,
            "full_tkm" => Self::FullTkm,
            treatment => Self::Treated(treatment.parse().ok()?),
        })
    }
    const fn position(self) -> usize {
        match self {
            Self::Combustion => 0,
            Self::Upstream => 1,
            Self::Location => 2,
            Self::Market => 3,
            Self::Heat => 4,
            Self::Leak => 5,
            Self::Transport => 6,
            Self::Primary => 7,
            Self::Secondary => 8,
            Self::Service => 9,
            Self::Travel => 10,
            Self::Spend => 11,
            Self::EmptyKm => 12,
            Self::FullKm => 13,
            Self::FullTkm => 14,
            Self::Treated(treatment) => 15 + treatment as usize,
        }
    }
}

/// A factor ready for multiplying.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) id: FactorId,
    pub(crate) data_year: i16,
    /// How far its region is from the country of the members, 1 the same to 4 elsewhere.
    far: u8,
    dimension: Dimension,
    basis: Basis,
    from: Date,
    to: Option<Date>,
    rates: [(Gas, Multiplier); 6],
    used: usize,
}

impl Ready {
    fn of(factor: &Factor, country: &str) -> Self {
        let mut rates = [const { (Gas::Co2, Multiplier::ZERO) }; 6];
        for (place, (gas, rate)) in rates.iter_mut().zip(&factor.gases) {
            *place = (*gas, Multiplier::new(*rate));
        }
        Self {
            id: factor.id.clone(),
            data_year: factor.data_year,
            far: greenheart_factors::distance(&factor.region, country),
            dimension: factor.per.dimension,
            basis: factor.per.basis,
            from: factor.valid_from,
            to: factor.valid_to,
            rates,
            used: factor.gases.len().min(6),
        }
    }

    /// kg of each gas for `quantity` base units, each rounded once, half to even.
    pub(crate) fn emit(&self, quantity: Amount) -> Result<GasMasses, DecimalError> {
        let mut masses = GasMasses::default();
        for (gas, rate) in &self.rates[..self.used] {
            *place(&mut masses, *gas) = rate.times(quantity)?;
        }
        Ok(masses)
    }

    /// kg CO2e of a unit, under the potentials that the factor itself is stated with.
    pub(crate) fn co2e_per_unit(&self, gwp: GwpSet) -> Option<Rate> {
        let one = Amount::from_integer(1_000_000);
        let million = self.emit(one).ok()?.co2e(gwp).ok()?;
        // A million units, so that six decimals of a kilogram are twelve of the rate.
        Some(Rate::from_mantissa(million.mantissa()))
    }

    /// Years between its validity and `day`; zero when valid.
    fn years_off(&self, day: Date) -> i16 {
        if day < self.from {
            (self.from.year() - day.year()).max(1)
        } else {
            self.to
                .filter(|to| *to < day)
                .map_or(0, |to| (day.year() - to.year()).max(1))
        }
    }

    /// How well the reading's basis fits: 0 exactly, 1 by the assumption that plain energy in fuel is
    /// net and that any mass is mass as received; `None` not at all.
    fn fit(&self, reading: &Reading) -> Option<i16> {
        match (self.basis, reading.basis) {
            _ if self.dimension != reading.dimension => None,
            (ours, theirs) if ours == theirs => Some(0),
            (Basis::NetCalorific, Basis::Plain) => Some(1),
            (Basis::Plain, Basis::Wet | Basis::Dry) => Some(0),
            _ => None,
        }
    }
}

fn place(masses: &mut GasMasses, gas: Gas) -> &mut Amount {
    match gas {
        Gas::Co2 => &mut masses.co2,
        Gas::Ch4Fossil => &mut masses.ch4_fossil,
        Gas::Ch4Biogenic => &mut masses.ch4_biogenic,
        Gas::N2o => &mut masses.n2o,
        Gas::Co2Biogenic => &mut masses.co2_biogenic,
        Gas::Co2eOther => &mut masses.co2e_other,
    }
}

/// What was found, and at the price of which assumption.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) factor: &'a Ready,
    pub(crate) other_year: bool,
    /// It is of another country, and of no group that holds the members' own.
    pub(crate) other_region: bool,
    pub(crate) basis_assumed: bool,
}

/// Every factor of a set by item and aspect.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_item: HashMap<Text, Box<ItemFactors>, Quick>,
}

/// Every factor of one item by aspect.
#[derive(Debug, Default)]
pub(crate) struct ItemFactors([Vec<Ready>; ASPECTS]);

/// How well a factor fits, smaller first: distance of its region, years off, basis, age of its data.
type Rank = (u8, i16, i16, i16);

impl Index {
    pub(crate) fn new(set: &FactorSet, country: &str) -> Self {
        let mut index = Self::default();
        for factor in set.factors() {
            if let Some(aspect) = Aspect::of(&factor.aspect) {
                let aspects = index.by_item.entry(factor.item.clone()).or_default();
                aspects.0[aspect.position()].push(Ready::of(factor, country));
            }
        }
        // The nearest first, of those the newest: the first that fits in all is the one. Equal ones stay as they are.
        #[expect(clippy::iter_over_hash_type, reason = "each item is put in order by itself")]
        for aspects in index.by_item.values_mut() {
            for factors in &mut aspects.0 {
                factors.sort_by_key(|factor| (factor.far, -factor.data_year));
            }
        }
        index
    }

    /// The factors of an item.
    pub(crate) fn item(&self, item: &str) -> Option<&ItemFactors> {
        self.by_item.get(item).map(Box::as_ref)
    }
}

impl ItemFactors {
    /// Whether any factor has the aspect.
    pub(crate) fn has(&self, aspect: Aspect) -> bool {
        !self.0[aspect.position()].is_empty()
    }

    /// The factor of the nearest region for a reading: the members' own country before a group that holds it
    /// before any other. Of those the one valid on `day`, else that of the nearest year; then the one with the
    /// better basis, the newer data and the smaller identifier. What had to be assumed is said.
    pub(crate) fn find(&self, aspect: Aspect, reading: &Reading, day: Date) -> Option<Found<'_>> {
        let mut best: Option<(Rank, &Ready)> = None;
        for factor in &self.0[aspect.position()] {
            let Some(fit) = factor.fit(reading) else { continue };
            let rank = (factor.far, factor.years_off(day), fit, -factor.data_year);
            if best.is_none_or(|(other, _)| rank < other) {
                best = Some((rank, factor));
            }
            if rank.1 == 0 && fit == 0 {
                break;
            }
        }
        best.map(|((far, years_off, fit, _), factor)| Found {
            factor,
            other_year: years_off > 0,
            other_region: far > GROUP,
            basis_assumed: fit > 0,
        })
    }
}
