//! A region's exchange network over several periods: what goes from whom to whom, which plants to build, what mixes, what stays virgin.
//!
//! `problem` (the nouns), `validate` (what they must be), `formulate` and `pools` (each rule a named function), `solve` (one objective,
//! caps on the others, Pareto front), `refine` (pools), `infeasible` (what stands against what), `check` (recomputes everything from
//! the input). Units: each commodity its own, NOK, kg CO2e; a period is whatever the amounts are given for.

mod check;
mod formulate;
mod infeasible;
mod pools;
mod problem;
mod refine;
mod solve;
mod validate;

pub use check::check_region;
pub use problem::{
    Conflict, Intake, Lane, Objective, Output, Place, Plant, Pool, Receiver, Region, RegionError, RegionSource, Totals,
};
pub use solve::{Caps, Network, RegionSolution, pareto, solve_region};
