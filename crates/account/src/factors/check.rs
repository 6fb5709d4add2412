//! What looks wrong with a factor set: mistakes that read as numbers.

use greenheart_model::{Factor, FactorSet, Gas};
use greenheart_units::{Dimension, Rate};

/// What looks wrong with a set, in words: tonnes read as kilograms, a negative gas, a validity that
/// ends before it begins. Empty for a plausible set.
pub fn plausibility(set: &FactorSet) -> Vec<String> {
    set.factors().iter().flat_map(looks_wrong).collect()
}

fn looks_wrong(factor: &Factor) -> Vec<String> {
    let mut problems = Vec::new();
    let mut note = |problem: String| problems.push(format!("`{}`: {problem}", factor.id));
    if factor.gases.is_empty() {
        note("states no gas".into());
    }
    if factor.gases.values().any(|rate| rate.is_negative()) {
        note("states a negative gas; what is avoided belongs in its own ledger".into());
    }
    if factor.valid_to.is_some_and(|to| to < factor.valid_from) {
        note("is valid to a day before it is valid from".into());
    }
    if let Some(most) = most_co2(factor.per.dimension)
        && carbon(factor) > most
    {
        note(format!(
            "states {} kg CO2 and CO2e per {}, more than {most}: are the units tonnes?",
            carbon(factor),
            factor.per.dimension.base_unit()
        ));
    }
    problems
}

/// Carbon dioxide and equivalents together; refrigerants, whose potentials are large by nature, aside.
fn carbon(factor: &Factor) -> Rate {
    if &*factor.aspect == "leak" {
        return Rate::ZERO;
    }
    let gases = [Gas::Co2, Gas::Co2Biogenic, Gas::Co2eOther];
    gases.iter().filter_map(|gas| factor.gases.get(gas)).copied().sum()
}

/// The most that burning or making a base unit can emit with a wide margin: 1 kg of carbon makes 3.7 kg
/// of CO2; the most emission-intensive bulk material in use here is under 100 kg per kg.
fn most_co2(dimension: Dimension) -> Option<Rate> {
    let most = match dimension {
        Dimension::Mass => 100,
        Dimension::Energy => 3,
        Dimension::Volume => 10_000,
        Dimension::FreightWork | Dimension::Length => 20,
        Dimension::PassengerWork | Dimension::Money => 5,
        _ => return None,
    };
    Some(Rate::from_integer(most))
}
