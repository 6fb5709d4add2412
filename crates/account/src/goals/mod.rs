//! The three goals by year: panel, coverage, base, target line, status.
//!
//! Definitions: `docs/concepts/goals.md`. Order of reading: `config`, `report`, `books`, `panel`, `terms`, here.

mod books;
mod config;
mod figures;
mod lines;
mod open;
mod panel;
mod panel_sums;
pub mod parts;
mod report;
mod terms;

use greenheart_model::MemberId;
use greenheart_units::{Amount, DecimalError, Rate};

use crate::arithmetic::{minus, scale};
use figures::{Made, make};
use open::OpenShare;
use panel::{Books, Panel};

pub use books::{Boundary, ClusterBooks, MemberBooks};
pub use config::{FigureKind, Goal, GoalConfig, GoalInputs, MemberCoverage, MemberFigure};
pub use lines::{BoundaryLine, PanelLines, panel_lines};
pub use open::{OpenGoods, OpenLine, open_goods};
pub use panel_sums::{PanelMaterials, PanelValueAdded, panel_materials, panel_value_added};
pub use parts::{MemberPart, MemberSize, PanelYear, panel_years};
pub use report::{CoverageShare, Figure, Gap, GoalReport, GoalSeries, GoalStatus, GoalYear};
pub use terms::MemberMaterials;

/// No goal runs longer; a configuration that says so is cut here rather than run for ever.
const MOST_YEARS: i16 = 60;

/// Years that months exist for; a goal outside has no years.
const CALENDAR: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Computes the three goals (rules `goal.revenue@1`, `goal.co2e@1`, `goal.resource_draw@1`).
///
/// A goal is computed on its panel: members of the whole year with a complete base year and a complete
/// year. The base is that of the same panel, restated each year; the base of the first panel stands
/// beside it. What is missing is missing, with the members that lack it.
///
/// # Units
/// NOK in prices of the base year, kg CO2e, kg.
/// # Errors
/// Overflow of a sum.
/// # Source
/// `docs/concepts/goals.md`; GHG Protocol Corporate Standard, ch. 5 (base year).
pub fn goals(inputs: &GoalInputs<'_>) -> Result<GoalReport, DecimalError> {
    let books = Books::open(inputs);
    let config = inputs.config;
    let last = config
        .goal_year
        .max(config.last_year)
        .min(config.base_year.saturating_add(MOST_YEARS));
    let mut series = Vec::new();
    for goal in Goal::ALL {
        // One panel, whichever year it stands beside.
        let first = first_panel(inputs, &books, goal)?;
        let mut years = Vec::new();
        for year in (config.base_year..=last).filter(|year| CALENDAR.contains(year)) {
            years.push(goal_year(inputs, &books, goal, year, &first)?);
        }
        series.push(GoalSeries {
            goal,
            unit: goal.unit().to_owned(),
            target_change: target_change(config, goal),
            years,
        });
    }
    Ok(GoalReport {
        snapshot: inputs.snapshot.to_owned(),
        config: config.clone(),
        goals: series,
    })
}

fn target_change(config: &GoalConfig, goal: Goal) -> Rate {
    config.targets.get(&goal).copied().unwrap_or_default()
}

fn goal_year(
    inputs: &GoalInputs<'_>,
    books: &Books<'_>,
    goal: Goal,
    year: i16,
    first: &Figure,
) -> Result<GoalYear, DecimalError> {
    let config = inputs.config;
    let mut panel = books.panel(goal, year);
    let mut gaps = std::mem::take(&mut panel.gaps);
    let over = year <= config.last_year;
    if !over {
        // The target line goes on from the panel of the last year that has ended; there is no value yet.
        panel = books.panel(goal, config.last_year);
        gaps = vec![cluster_gap("goal.year_not_over", format!("{year} has not ended"))];
    } else if panel.members.is_empty() {
        gaps.push(cluster_gap(
            "goal.no_panel",
            format!("no member is complete in {} and {year}", config.base_year),
        ));
    }
    let (mut coverage, made) = if over {
        let coverage = books.coverage(&panel, year, &mut gaps)?;
        (coverage, make(inputs, books, goal, year, &panel.members, &mut gaps)?)
    } else {
        let now = make(inputs, books, goal, config.base_year, &panel.members, &mut Vec::new())?;
        (nobody(&panel), now.base_only())
    };
    let target = made
        .base
        .map(|base| target_line(config, goal, base, year))
        .transpose()?;
    coverage.purchases = made.open.as_ref().and_then(OpenShare::weighed_share);
    let status = status(inputs, goal, &made, year, target, &coverage)?;
    let estimate = estimate_rest(made.value, &coverage)?;
    let figure = |name: &str, value, says: &str| figures::headline(inputs, goal, year, name, value, says, &made);
    let mut beside = made.beside.clone();
    beside.extend(over.then(|| first.clone()));
    gaps.sort();
    gaps.dedup();
    Ok(GoalYear {
        year,
        status,
        value: figure("value", made.value, "the headline on the panel"),
        base: figure("base", made.base, "the same panel in the base year"),
        target: figure("target", target, "linear from the base to the goal year"),
        change: change(made.value, made.base)?,
        activity: made.activity.and_then(|(now, base)| now.ratio(base)),
        coverage,
        panel: if over {
            panel.members.iter().cloned().collect()
        } else {
            Vec::new()
        },
        estimate_rest: figure(
            "estimate_rest",
            estimate,
            "the panel's value scaled by what it does not cover",
        ),
        spend_share: made.spend_share,
        beside,
        gaps,
    })
}

fn cluster_gap(code: &str, detail: String) -> Gap {
    Gap {
        code: code.to_owned(),
        member: None,
        detail,
    }
}

fn nobody(panel: &Panel) -> CoverageShare {
    let boundary_members = u32::try_from(panel.boundary.len()).unwrap_or(u32::MAX);
    CoverageShare {
        revenue: None,
        employees: None,
        purchases: None,
        panel_members: 0,
        boundary_members,
    }
}

/// `base * (1 + change * (year - base year) / (goal year - base year))`.
fn target_line(config: &GoalConfig, goal: Goal, base: Amount, year: i16) -> Result<Amount, DecimalError> {
    let span = i128::from(config.goal_year) - i128::from(config.base_year);
    let passed = (i128::from(year) - i128::from(config.base_year)).min(span);
    let numerator = target_change(config, goal)
        .mantissa()
        .checked_mul(passed)
        .ok_or(DecimalError::Overflow)?;
    if span <= 0 {
        return Ok(base);
    }
    base.checked_add(scale(base, numerator, span * Rate::ONE_MANTISSA)?)
}

fn change(value: Option<Amount>, base: Option<Amount>) -> Result<Option<Rate>, DecimalError> {
    let (Some(value), Some(base)) = (value, base) else {
        return Ok(None);
    };
    Ok(minus(value, base)?.ratio(base))
}

/// Missing, then not assessable, then indicative, then the comparison with the target line.
fn status(
    inputs: &GoalInputs<'_>,
    goal: Goal,
    made: &Made,
    year: i16,
    target: Option<Amount>,
    coverage: &CoverageShare,
) -> Result<GoalStatus, DecimalError> {
    let (Some(value), Some(target)) = (made.value, target) else {
        return Ok(GoalStatus::Missing);
    };
    let least = [coverage.revenue, coverage.employees].into_iter().flatten().min();
    let of_all = coverage.purchases.or(Some(Rate::ONE));
    if [least, of_all]
        .iter()
        .any(|share| share.is_none_or(|share| share < inputs.config.least_coverage))
    {
        return Ok(GoalStatus::NotAssessable);
    }
    if made.indicative {
        return Ok(GoalStatus::Indicative);
    }
    let upwards = !target_change(inputs.config, goal).is_negative();
    let reaches = |value, target| if upwards { value >= target } else { value <= target };
    if !reaches(value, target) {
        return Ok(GoalStatus::Behind);
    }
    // What is not known must not be what makes it look good: it holds too when what waits is counted as the rest is.
    if let Some((more, more_base)) = made.open.as_ref().and_then(|open| open.estimates) {
        let target = target_line(
            inputs.config,
            goal,
            made.base.unwrap_or_default().checked_add(more_base)?,
            year,
        )?;
        if !reaches(value.checked_add(more)?, target) {
            return Ok(GoalStatus::Indicative);
        }
    }
    Ok(GoalStatus::OnTrack)
}

/// What the members outside the panel would add if they were like it, per krone, else per employee.
fn estimate_rest(value: Option<Amount>, coverage: &CoverageShare) -> Result<Option<Amount>, DecimalError> {
    let share = coverage
        .revenue
        .or(coverage.employees)
        .filter(|share| *share > Rate::ZERO);
    let (Some(value), Some(share)) = (value, share) else {
        return Ok(None);
    };
    scale(value, (Rate::ONE - share).mantissa(), share.mantissa()).map(Some)
}

/// The base as the panel of the base year itself gives it, before any restatement.
fn first_panel(inputs: &GoalInputs<'_>, books: &Books<'_>, goal: Goal) -> Result<Figure, DecimalError> {
    let base_year = inputs.config.base_year;
    let first: std::collections::BTreeSet<MemberId> = books.panel(goal, base_year).members;
    let made = make(inputs, books, goal, base_year, &first, &mut Vec::new())?;
    let says = "the base year on the panel of the base year, not restated";
    Ok(figures::headline(
        inputs,
        goal,
        base_year,
        "base_first_panel",
        made.value,
        says,
        &made,
    ))
}
