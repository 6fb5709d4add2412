//! Which lanes to open: multicommodity capacitated fixed-charge network design with a certified bound.
//!
//! `problem` (validated input), `formulate` (weak formulation, forcing rows on demand, cuts at nodes), `slope` (slope scaling),
//! `search` (the order of the steps), `solution` and its check.

mod formulate;
mod problem;
mod search;
mod slope;
mod solution;

pub use problem::{Commodity, DesignArc, DesignError, DesignProblem};
pub use search::solve_design;
pub use solution::{Design, DesignSolution, Trace, check_design};
