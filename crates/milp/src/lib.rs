//! Linear and mixed-integer programs on HiGHS, with a bound beside every answer.
//!
//! For: what the optimisers of this workspace share: programs, limits, gaps, relaxations that grow by rows and keep
//! their basis. Not for: companies, ledgers or any domain; no clock is read here, a [`Budget`] brings one.
//!
//! Start with [`Program`] and [`solve`]; where the rows are too many to write down, see [`Relaxation`] and
//! [`solve_lazily`]. An [`Answer`] is called optimal only when its own lower bound says so.

mod answer;
mod budget;
mod lazy;
mod program;
mod relaxation;
mod solver;

pub use answer::{Answer, Status, relative_gap};
pub use budget::Budget;
pub use lazy::{Lazy, solve_lazily};
pub use program::{Program, Row, Terms, Var};
pub use relaxation::{Basic, Relaxation};
pub use solver::{Limits, solve, solve_from};

/// Why there is no answer at all; an infeasible program is an answer, see [`Status`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MilpError {
    /// A cost, bound or coefficient is not a number, or a lower bound is above its upper bound.
    #[error("`{what}` of number {index} is not usable: {detail}")]
    BadNumber {
        /// Column or row.
        what: &'static str,
        /// Which one, from zero.
        index: usize,
        /// What is wrong with it.
        detail: String,
    },
    /// The solver gave up for a reason of its own.
    #[error("the solver failed: {0}")]
    Solver(String),
}
