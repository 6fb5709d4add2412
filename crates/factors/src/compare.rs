//! Two versions of a set side by side: what came, what went, what changed and by how much.

use std::collections::BTreeMap;

use greenheart_model::{Factor, FactorId, FactorSet, Gas, GwpSet};
use greenheart_units::Rate;
use serde::Serialize;

/// The two sets' differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Version of the older set.
    pub old: String,
    /// Version of the newer set.
    pub new: String,
    /// Factors that only the newer has.
    pub added: Vec<FactorId>,
    /// Factors that only the older has.
    pub removed: Vec<FactorId>,
    /// Factors that differ, the largest change first.
    pub changed: Vec<Change>,
    /// How many are the same in both.
    pub same: usize,
}

/// A factor that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its identifier in the older set.
    pub old: FactorId,
    /// Its identifier in the newer set.
    pub new: FactorId,
    /// Its name in the newer set, English.
    pub name: String,
    /// kg CO2e per base unit in the older set, with the potentials of AR6; biogenic carbon dioxide aside.
    pub old_co2e: Rate,
    /// The same in the newer set.
    pub new_co2e: Rate,
    /// Change of CO2e in percent; `None` when it was zero.
    pub percent: Option<Rate>,
    /// What differs, field by field.
    pub fields: Vec<Field>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Column of the table format.
    pub name: &'static str,
    /// As it was; empty when it was not stated.
    pub old: String,
    /// As it is.
    pub new: String,
}

/// Sets two versions side by side.
///
/// A factor is the same in both when its identifier is, but for the year of the edition in front (`uk20-` and
/// `uk24-`). Dates of publication, entry and validity, citations and remarks do not make a change.
pub fn compare(old: &FactorSet, new: &FactorSet) -> Comparison {
    let (older, newer) = (by_key(old), by_key(new));
    let mut comparison = Comparison {
        old: old.version.clone(),
        new: new.version.clone(),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
        same: 0,
    };
    for (key, factors) in &older {
        let others = newer.get(key).map_or(&[][..], Vec::as_slice);
        for (at, factor) in factors.iter().enumerate() {
            match others.get(at) {
                None => comparison.removed.push(factor.id.clone()),
                Some(other) => match change(factor, other) {
                    None => comparison.same += 1,
                    Some(change) => comparison.changed.push(change),
                },
            }
        }
    }
    for (key, factors) in &newer {
        let known = older.get(key).map_or(0, Vec::len);
        comparison
            .added
            .extend(factors.iter().skip(known).map(|factor| factor.id.clone()));
    }
    let size = |change: &Change| change.percent.map_or(Rate::from_integer(i64::MAX / 4), Rate::abs);
    comparison
        .changed
        .sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.old.cmp(&b.old)));
    comparison
}

fn by_key(set: &FactorSet) -> BTreeMap<&str, Vec<&Factor>> {
    let mut by_key: BTreeMap<&str, Vec<&Factor>> = BTreeMap::new();
    for factor in set.factors() {
        by_key.entry(key(&factor.id)).or_default().push(factor);
    }
    by_key
}

/// An identifier without the edition in front, when one stands there: letters and then digits.
fn key(id: &FactorId) -> &str {
    let id = id.as_str();
    let Some((front, rest)) = id.split_once('-') else {
        return id;
    };
    let letters = front.trim_end_matches(|last: char| last.is_ascii_digit());
    let edition = letters.len() < front.len() && !letters.is_empty() && letters.chars().all(char::is_alphabetic);
    if edition { rest } else { id }
}

/// kg CO2e per base unit; biogenic carbon dioxide is outside.
fn co2e(factor: &Factor) -> Rate {
    let weights = GwpSet::Ar6.potentials();
    let weigh = |rate: Rate, by: Rate| {
        let product = rate.mantissa().checked_mul(by.mantissa());
        product.map_or(Rate::ZERO, |product| Rate::from_mantissa(product / Rate::ONE_MANTISSA))
    };
    let weighed = factor.gases.iter().map(|(gas, rate)| match gas {
        Gas::Co2 | Gas::Co2eOther => *rate,
        Gas::Ch4Fossil => weigh(*rate, weights.ch4_fossil),
        Gas::Ch4Biogenic => weigh(*rate, weights.ch4_biogenic),
        Gas::N2o => weigh(*rate, weights.n2o),
        Gas::Co2Biogenic => Rate::ZERO,
    });
    weighed.sum()
}

fn change(old: &Factor, new: &Factor) -> Option<Change> {
    let mut fields = Vec::new();
    let mut field = |name, old: String, new: String| {
        if old != new {
            fields.push(Field { name, old, new });
        }
    };
    for gas in Gas::ALL {
        let text = |factor: &Factor| factor.gases.get(gas).map_or_else(String::new, Rate::to_string);
        field(gas.name(), text(old), text(new));
    }
    field("item", old.item.to_string(), new.item.to_string());
    field("aspect", old.aspect.to_string(), new.aspect.to_string());
    field(
        "dimension",
        old.per.dimension.name().into(),
        new.per.dimension.name().into(),
    );
    field("basis", old.per.basis.name().into(), new.per.basis.name().into());
    field("region", old.region.to_string(), new.region.to_string());
    let weighs = |factor: &Factor| factor.gases.get(&Gas::Co2eOther).is_some_and(|rate| !rate.is_zero());
    if weighs(old) || weighs(new) {
        field("gwp", old.gwp.to_string(), new.gwp.to_string());
    }
    if fields.is_empty() {
        return None;
    }
    let (old_co2e, new_co2e) = (co2e(old), co2e(new));
    let percent = (new_co2e - old_co2e).ratio(old_co2e);
    Some(Change {
        old: old.id.clone(),
        new: new.id.clone(),
        name: new.name_en.to_string(),
        old_co2e,
        new_co2e,
        percent: percent
            .and_then(|share| share.mantissa().checked_mul(100))
            .map(Rate::from_mantissa),
        fields,
    })
}
