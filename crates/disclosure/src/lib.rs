//! What of a table of totals may be shown, so that nobody learns what one member added to it.
//!
//! For: judging the cells of a release by the number of contributors and the p-percent rule, withholding further cells
//! until no reader can narrow a member's value, across every earlier release, by linear programming. Not for: which
//! tables there are, where releases lie, who asks.
//! Start with [`Cell`] and [`judge`]. Order of reading: `rules`, `cell`, `system`, `audit`, `judge`.
//!
//! What a reader is assumed to know: every published cell of every release, which member is in which cell, that no
//! amount is negative, and its own amounts exactly. Readers that pool what they know are outside the rules.
//!
//! # Source
//! Hundepool et al., Statistical Disclosure Control (2012), ch. 4: p-percent rule, complementary suppression, feasible
//! intervals. The thresholds are the cluster's own.

mod audit;
mod cell;
mod judge;
mod rules;
mod system;

pub use cell::{Cell, Part, Rank, Verdict};
pub use judge::{Judgement, judge, judge_watched};
pub use rules::Rules;

/// Why there is no judgement.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureError {
    /// A linear program could not be solved.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
    /// Neither optimal nor infeasible: such a program always has the present values as a solution.
    #[error("the program for a feasible interval has no optimum")]
    NoOptimum,
    /// Whoever watched wanted no more.
    #[error("it was stopped")]
    Stopped,
    /// A sum does not fit.
    #[error(transparent)]
    Sum(#[from] greenheart_units::DecimalError),
}
