//! How many factors of what from where.

use std::collections::BTreeMap;
use std::fmt;

use greenheart_model::{Factor, FactorSet, Treatment};

/// What a factor is about, coarsely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Burning fuels.
    Fuels,
    /// Electricity, by location or market.
    Electricity,
    /// District heat and steam.
    Heat,
    /// What comes before fuels and electricity are used.
    Upstream,
    /// Losses of refrigerants and other gases.
    Refrigerants,
    /// Freight.
    Freight,
    /// Travel and commuting.
    Travel,
    /// Materials, primary, secondary or used again.
    Materials,
    /// Treatment of waste.
    Waste,
    /// Water and other services by quantity.
    Services,
    /// Spend.
    Spend,
    /// What is none of these.
    Other,
}

impl Group {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fuels => "fuels",
            Self::Electricity => "electricity",
            Self::Heat => "heat",
            Self::Upstream => "upstream",
            Self::Refrigerants => "refrigerants",
            Self::Freight => "freight",
            Self::Travel => "travel",
            Self::Materials => "materials",
            Self::Waste => "waste",
            Self::Services => "services",
            Self::Spend => "spend",
            Self::Other => "other",
        }
    }

    /// What a factor is about.
    pub fn of(factor: &Factor) -> Self {
        match &*factor.aspect {
            "combustion" => Self::Fuels,
            "location" | "market" => Self::Electricity,
            "heat" => Self::Heat,
            "upstream" => Self::Upstream,
            "leak" => Self::Refrigerants,
            "transport" | "empty_km" | "full_km" | "full_tkm" => Self::Freight,
            "travel" => Self::Travel,
            "primary" | "secondary" | "open_loop" | "reused" => Self::Materials,
            "service" => Self::Services,
            "spend" => Self::Spend,
            "waste" => Self::Waste,
            treatment if treatment.parse::<Treatment>().is_ok() => Self::Waste,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many factors a group has in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What they are about.
    pub group: Group,
    /// ISO 3166 country, `EU` or `GLO`.
    pub region: String,
    /// How many.
    pub factors: usize,
}

/// Factors of a set by group and region, in that order.
pub fn counts(set: &FactorSet) -> Vec<Count> {
    let mut counts: BTreeMap<(Group, &str), usize> = BTreeMap::new();
    for factor in set.factors() {
        *counts.entry((Group::of(factor), &*factor.region)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((group, region), factors)| Count {
            group,
            region: region.to_owned(),
            factors,
        })
        .collect()
}
