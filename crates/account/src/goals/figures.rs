//! From terms to figures, each with its derivation. One file a goal.

mod co2e;
mod materials;
mod revenue;

use std::collections::BTreeSet;

use greenheart_model::{Derivation, MemberId, Step};
use greenheart_units::{Amount, DecimalError, Rate};

use super::config::{Goal, GoalInputs};
use super::open::OpenShare;
use super::panel::Books;
use super::report::{Figure, Gap};

/// A goal of one panel and year, before its target line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) value: Option<Amount>,
    pub(crate) base: Option<Amount>,
    pub(crate) indicative: bool,
    pub(crate) spend_share: Option<Rate>,
    /// What goal 3 does not know the mass of.
    pub(crate) open: Option<OpenShare>,
    /// What the panel did in the year and in the base year.
    pub(crate) activity: Option<(Amount, Amount)>,
    pub(crate) beside: Vec<Figure>,
    pub(crate) steps: Vec<Step>,
}

impl Made {
    /// The base alone, for a year that has no value yet.
    pub(crate) fn base_only(self) -> Self {
        Self {
            base: self.base,
            ..Self::default()
        }
    }
}

/// Sums the goal over the panel in `year` and in the base year.
pub(crate) fn make(
    inputs: &GoalInputs<'_>,
    books: &Books<'_>,
    goal: Goal,
    year: i16,
    panel: &BTreeSet<MemberId>,
    gaps: &mut Vec<Gap>,
) -> Result<Made, DecimalError> {
    if panel.is_empty() {
        return Ok(Made::default());
    }
    let at = At {
        inputs,
        books,
        goal,
        year,
        panel,
    };
    match goal {
        Goal::Revenue => at.revenue(gaps),
        Goal::Co2e => at.co2e(gaps),
        Goal::ResourceDraw => at.resource_draw(gaps),
    }
}

/// The headline's own figures: value, base, target, estimate.
pub(crate) fn headline(
    inputs: &GoalInputs<'_>,
    goal: Goal,
    year: i16,
    name: &str,
    value: Option<Amount>,
    says: &str,
    made: &Made,
) -> Figure {
    let unit = match goal {
        Goal::Revenue => "nok",
        Goal::Co2e | Goal::ResourceDraw => "kg",
    };
    let mut why = why(inputs, goal, year, says);
    why.filter.push(("figure".into(), name.into()));
    why.steps.clone_from(&made.steps);
    Figure {
        name: format!("{}_{name}_{unit}", goal.name()),
        value,
        unit: goal.unit().into(),
        why,
    }
}

fn why(inputs: &GoalInputs<'_>, goal: Goal, year: i16, says: &str) -> Derivation {
    let rule = match goal {
        Goal::Revenue => "operating revenue without grants, gross sum over the panel, in prices of the base year",
        Goal::Co2e => {
            "scope 1 and everything bought from outside the panel, location-based unless configured otherwise"
        }
        Goal::ResourceDraw => "primary material from outside the panel plus waste lost",
    };
    Derivation {
        rule: format!("goal.{}@1", goal.name()),
        says: format!("{says}: {rule}"),
        source: "docs/concepts/goals.md; GHG Protocol Corporate Standard, ch. 3 to 5".into(),
        snapshot: inputs.snapshot.to_owned(),
        filter: vec![("goal".into(), goal.name().into()), ("year".into(), year.to_string())],
        steps: Vec::new(),
        rounding: "sums exact to six decimals; shares and prices half to even, once".into(),
    }
}

struct At<'a> {
    inputs: &'a GoalInputs<'a>,
    books: &'a Books<'a>,
    goal: Goal,
    year: i16,
    panel: &'a BTreeSet<MemberId>,
}

impl At<'_> {
    fn base_year(&self) -> i16 {
        self.inputs.config.base_year
    }

    fn figure(&self, name: &str, unit: &str, value: Option<Amount>, says: &str, filter: &[(&str, &str)]) -> Figure {
        let mut why = why(self.inputs, self.goal, self.year, says);
        says.clone_into(&mut why.says);
        why.filter.extend(
            filter
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        Figure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            why,
        }
    }

    fn gap(&self, code: &str, detail: String) -> Gap {
        Gap {
            code: code.to_owned(),
            member: None,
            detail: format!("{}: {detail}", self.year),
        }
    }
}

fn step(label: &str, value: Amount, unit: &str) -> Step {
    Step {
        label: label.to_owned(),
        value: format!("{value} {unit}"),
        refs: Vec::new(),
    }
}
