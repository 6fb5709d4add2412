//! The three goals by year: panel, coverage, base, target line, status.

mod config;
mod report;

pub use config::{FigureKind, Goal, GoalConfig, GoalInputs, MemberCoverage, MemberFigure};
pub use report::{CoverageShare, Figure, Gap, GoalReport, GoalSeries, GoalStatus, GoalYear};

use greenheart_units::DecimalError;

/// Computes the three goals (rules `goal.revenue@1`, `goal.co2e@1`, `goal.resource_draw@1`).
///
/// # Errors
/// Overflow of a sum.
pub fn goals(inputs: &GoalInputs<'_>) -> Result<GoalReport, DecimalError> {
    let _ = inputs;
    unimplemented!()
}
