//! What looks wrong with a factor set: mistakes that read as numbers.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use greenheart_model::{Factor, FactorSet, Finding, FindingLog, Gas, GwpSet, Place, Severity};
use greenheart_units::{Dimension, Rate};

/// Potentials of single substances and blends: `names;item;ar4;ar5;ar6`.
const POTENTIALS: &str = include_str!("../../../data/factors/gwp.csv");

/// What looks wrong with a set, as findings at the factors: no gas, a negative one, a validity that ends
/// before it begins (`factor.no_gas`, `factor.negative`, `factor.validity`), figures that only tonnes or
/// grams read as kilograms explain (`factor.scale`), the same thing by two units with different figures
/// (`factor.units_disagree`), potentials of another report than the set says (`factor.gwp_label`).
pub fn check(set: &FactorSet) -> FindingLog {
    let mut log = FindingLog::default();
    for factor in set.factors() {
        looks_wrong(set, factor, &mut log);
    }
    disagreeing(set, &mut log);
    log
}

/// The same in words; empty for a plausible set.
pub fn plausibility(set: &FactorSet) -> Vec<String> {
    check(set).kept().map(|finding| finding.detail.clone()).collect()
}

fn note(set: &FactorSet, factor: &Factor, log: &mut FindingLog, code: &str, problem: &str) {
    let place = Place {
        file: set.version.as_str().into(),
        row: 0,
        field: factor.id.to_string().into(),
    };
    log.push(Finding {
        code: code.into(),
        severity: Severity::Warning,
        place,
        detail: format!("`{}`: {problem}", factor.id),
    });
}

fn looks_wrong(set: &FactorSet, factor: &Factor, log: &mut FindingLog) {
    let mut wrong = |code, problem: String| note(set, factor, log, code, &problem);
    if factor.gases.is_empty() {
        wrong("factor.no_gas", "states no gas".into());
    }
    if factor.gases.values().any(|rate| rate.is_negative()) {
        let problem = "states a negative gas; what is avoided belongs in its own ledger";
        wrong("factor.negative", problem.into());
    }
    if factor.valid_to.is_some_and(|to| to < factor.valid_from) {
        wrong("factor.validity", "is valid to a day before it is valid from".into());
    }
    if let Some(most) = most_co2(factor.per.dimension)
        && carbon(factor) > most
    {
        let problem = format!(
            "states {} kg CO2 and CO2e per {}, more than {most}: are the units tonnes?",
            carbon(factor),
            factor.per.dimension.base_unit()
        );
        wrong("factor.scale", problem);
    }
    if let Some(problem) = substance(factor).and_then(|substance| potential_off(factor, substance)) {
        wrong(problem.0, problem.1);
    }
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

/// What a substance weighs by each report; `None` where the report is not at hand.
#[derive(Debug, Clone, Copy)]
struct Potential {
    by_set: [(GwpSet, Option<Rate>); 3],
}

impl Potential {
    fn of(&self, set: GwpSet) -> Option<Rate> {
        self.by_set
            .iter()
            .find(|(of, _)| *of == set)
            .and_then(|(_, rate)| *rate)
    }
}

fn potentials() -> &'static HashMap<String, Potential> {
    static ALL: OnceLock<HashMap<String, Potential>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = HashMap::new();
        for line in POTENTIALS.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let fields: Vec<&str> = line.split(';').collect();
            let rate = |at: usize| fields.get(at).and_then(|text| text.parse::<Rate>().ok());
            let by_set = [(GwpSet::Ar4, rate(2)), (GwpSet::Ar5, rate(3)), (GwpSet::Ar6, rate(4))];
            let names = fields.first().copied().unwrap_or_default().split('|');
            for name in names.chain(fields.get(1).copied()).filter(|name| !name.is_empty()) {
                all.insert(name.to_owned(), Potential { by_set });
            }
        }
        all
    })
}

/// Tenths of kg CO2e per kg of a substance by the fifth report.
pub(crate) fn potential_ar5(name: &str) -> Option<i128> {
    let rate = potentials().get(name)?.of(GwpSet::Ar5)?;
    Some(rate.mantissa() / (Rate::ONE_MANTISSA / 10))
}

/// The substance a factor is about, by item or name; only losses by mass, stated as CO2e alone.
fn substance(factor: &Factor) -> Option<&'static Potential> {
    let alone = factor.gases.len() == 1 && factor.gases.contains_key(&Gas::Co2eOther);
    if &*factor.aspect != "leak" || factor.per.dimension != Dimension::Mass || !alone {
        return None;
    }
    let name = factor.name_en.to_lowercase();
    let before = name.split(" (").next().unwrap_or_default();
    let after = before.rsplit(": ").next().unwrap_or_default();
    let words = [
        &*factor.item,
        &name,
        before,
        after,
        before.split(',').next().unwrap_or_default(),
    ];
    words.iter().find_map(|word| potentials().get(word.trim()))
}

/// Another order of magnitude than the substance has, or the potential of another report than is said.
fn potential_off(factor: &Factor, substance: &Potential) -> Option<(&'static str, String)> {
    let stated = *factor.gases.get(&Gas::Co2eOther)?;
    let expected = substance.of(factor.gwp).or_else(|| substance.of(GwpSet::Ar5))?;
    if let Some(power) = orders(stated, expected) {
        let way = if power > 0 { "too large" } else { "too small" };
        let problem = format!(
            "states {stated} kg CO2e per kg where the substance weighs {expected}: {way} by about 10^{}; tonnes and \
             kilograms were mixed up",
            power.abs()
        );
        return Some(("factor.scale", problem));
    }
    // Where the labelled report is not at hand, nothing can be said of the label.
    substance.of(factor.gwp)?;
    let near = |set: GwpSet| substance.of(set).is_some_and(|rate| close(stated, rate));
    if near(factor.gwp) {
        return None;
    }
    let other = [GwpSet::Ar4, GwpSet::Ar5, GwpSet::Ar6]
        .into_iter()
        .find(|set| near(*set))?;
    let problem = format!(
        "weighs {stated}, which is the potential of {other}, and is labelled {} (where it weighs {expected})",
        factor.gwp
    );
    Some(("factor.gwp_label", problem))
}

/// How many orders of magnitude apart, when two or more.
fn orders(stated: Rate, expected: Rate) -> Option<i32> {
    if stated <= Rate::ZERO || expected <= Rate::ZERO {
        return None;
    }
    let (large, small, sign) = if stated > expected {
        (stated, expected, 1)
    } else {
        (expected, stated, -1)
    };
    let times = large.mantissa() / small.mantissa();
    if times < 90 {
        return None;
    }
    // The nearest power: 900 000 counts as a million.
    let power = i32::try_from(times.saturating_mul(2).ilog10()).ok()?;
    Some(sign * power)
}

/// Equal but for the rounding of blends: within a part in two thousand.
fn close(a: Rate, b: Rate) -> bool {
    (a - b).abs().mantissa() <= b.abs().mantissa() / 2000
}

/// How many times larger a figure for the same thing by another unit must be before a conversion is wrong:
/// publications have differences of their own, conversions go wrong by hundreds and thousands.
const DISAGREES: i128 = 20;

/// Figures for the same thing, place, time and dimension that are far apart: they were published by different
/// units, and one of the conversions is wrong.
fn disagreeing(set: &FactorSet, log: &mut FindingLog) {
    type Key<'a> = (
        &'a str,
        &'a str,
        &'a str,
        &'a str,
        i16,
        &'static str,
        &'static str,
        &'a str,
    );
    let mut alike: BTreeMap<Key<'_>, Vec<&Factor>> = BTreeMap::new();
    for factor in set.factors() {
        let (dimension, basis) = (factor.per.dimension.name(), factor.per.basis.name());
        let (item, aspect, name, region) = (&*factor.item, &*factor.aspect, &*factor.name_en, &*factor.region);
        let key = (
            item,
            aspect,
            name,
            region,
            factor.data_year,
            dimension,
            basis,
            &*factor.citation,
        );
        // Rows of one publication: the citation up to its own row.
        let publication = key.7.split(", row").next().unwrap_or_default();
        let key = (key.0, key.1, key.2, key.3, key.4, key.5, key.6, publication);
        alike.entry(key).or_default().push(factor);
    }
    for factors in alike.values().filter(|factors| factors.len() > 1) {
        let weight = |factor: &Factor| factor.gases.values().copied().sum::<Rate>();
        let Some(largest) = factors.iter().max_by_key(|factor| weight(factor)) else {
            continue;
        };
        for factor in factors {
            let (small, large) = (weight(factor), weight(largest));
            if small > Rate::ZERO && small.mantissa().saturating_mul(DISAGREES) <= large.mantissa() {
                let problem = format!("states {small} kg where `{}` states {large} for the same", largest.id);
                note(set, factor, log, "factor.units_disagree", &problem);
            }
        }
    }
}
