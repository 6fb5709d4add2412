//! A set laid over another: what a publication of a country or a year is used for, and the rest as before.

use std::collections::{HashMap, HashSet};

use greenheart_model::{Date, Factor, FactorBasis, FactorId, FactorSet, FactorSetError, Text};

/// Which part of a set is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Factors of this region only: ISO 3166 country, `EU` or `GLO`.
    pub country: Option<String>,
    /// For activities from this year on.
    pub from_year: Option<i16>,
}

/// A set over another, and what became of both.
#[derive(Debug, Clone)]
pub struct Layered {
    /// The two together.
    pub set: FactorSet,
    /// Factors of the upper set that are used.
    pub used: usize,
    /// Factors of the lower set that are not used any more.
    pub replaced: usize,
    /// Factors of the lower set that are used for earlier years only.
    pub ended: usize,
}

/// Lays `part` of `upper` over `lower`: for the same item, aspect, unit, basis and region the upper factor counts from
/// the day it is valid, and the lower one until the day before. All others stay; which of several regions is taken
/// is decided when an activity is bound.
///
/// # Errors
/// Two factors of the upper set with one identifier.
pub fn lay_over(lower: &FactorSet, upper: &FactorSet, part: &Part, version: &str) -> Result<Layered, FactorSetError> {
    let used: Vec<Factor> = upper
        .factors()
        .iter()
        .filter_map(|factor| taken(factor, part))
        .collect();
    let ids: HashSet<&FactorId> = used.iter().map(|factor| &factor.id).collect();
    let mut spans: HashMap<Key<'_>, Vec<&Factor>> = HashMap::new();
    for factor in &used {
        spans.entry(key(factor)).or_default().push(factor);
    }
    let (mut replaced, mut ended) = (0, 0);
    let mut all = Vec::with_capacity(lower.factors().len() + used.len());
    for factor in lower.factors() {
        let same = spans.get(&key(factor)).into_iter().flatten();
        let begin = same
            .filter(|other| overlap(factor, other))
            .map(|other| other.valid_from)
            .min();
        match begin {
            _ if ids.contains(&factor.id) => replaced += 1,
            None => all.push(factor.clone()),
            Some(begin) if begin <= factor.valid_from => replaced += 1,
            Some(begin) => {
                ended += 1;
                all.push(Factor {
                    valid_to: begin.yesterday().ok(),
                    ..factor.clone()
                });
            }
        }
    }
    let count = used.len();
    drop((ids, spans));
    all.extend(used);
    Ok(Layered {
        set: FactorSet::new(version, all)?,
        used: count,
        replaced,
        ended,
    })
}

type Key<'a> = (&'a Text, &'a Text, FactorBasis, &'a Text);

fn key(factor: &Factor) -> Key<'_> {
    (&factor.item, &factor.aspect, factor.per, &factor.region)
}

/// Whether both are valid on some day.
fn overlap(a: &Factor, b: &Factor) -> bool {
    a.valid_to.is_none_or(|to| b.valid_from <= to) && b.valid_to.is_none_or(|to| a.valid_from <= to)
}

/// The factor as this part of its set uses it; `None` when it is not of the part.
fn taken(factor: &Factor, part: &Part) -> Option<Factor> {
    if part.country.as_ref().is_some_and(|country| *country != *factor.region) {
        return None;
    }
    let from = match part.from_year {
        Some(year) => Date::new(year, 1, 1).ok()?.max(factor.valid_from),
        None => factor.valid_from,
    };
    if factor.valid_to.is_some_and(|to| to < from) {
        return None;
    }
    Some(Factor {
        valid_from: from,
        ..factor.clone()
    })
}
