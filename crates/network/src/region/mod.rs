//! A region's exchange network over several periods: what goes from whom to whom, which plants to build, what stays virgin.
//!
//! `problem` (validated input), `formulate` (each rule a named function), `solve` (one objective, caps on the others, Pareto front),
//! `check` (recomputes everything from the input). Units: tonnes, NOK, kg CO2e; a period is whatever the amounts are given for.

mod check;
mod formulate;
mod problem;
mod solve;

pub use check::check_region;
pub use problem::{Lane, Output, Place, Plant, Receiver, Region, RegionError, RegionSource, Totals};
pub use solve::{Caps, Network, Objective, RegionSolution, pareto, solve_region};
