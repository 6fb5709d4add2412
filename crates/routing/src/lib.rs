//! Vehicle routing: distribution with returns, fleets with fuels, shipments, batteries.
//!
//! For: finding short, cheap or clean tours within a given budget, and checking them. Not for: companies, ledgers or
//! roads; distances come in.
//!
//! Start with [`Problem`], then [`solve`] and [`check`]. The checker shares no code with the search. Files of the public
//! benchmark sets and our own JSON are read by [`formats`].

mod check;
mod explain;
pub mod formats;
mod network;
mod picture;
mod plan;
mod problem;
mod search;
mod validate;

pub use check::{Report, check};
pub use network::{Metric, Network, Rounding};
pub use picture::picture;
pub use plan::{Plan, Tour, Unassigned, Visit};
pub use problem::{
    Battery, Breaks, Energy, Job, Location, Objective, Problem, Reloads, Rules, Station, Stop, Task, VehicleType,
};
pub use search::{Guide, Iterations, Options, Settings, pareto, solve};
pub use validate::ProblemError;
