//! Flow at least cost, in exact whole numbers.
//!
//! `problem` (validated input), `simplex` (the tree method), `check` (recomputes feasibility and optimality from the input,
//! sharing no code with the solver).

mod check;
mod dimacs;
mod problem;
mod simplex;

pub use check::{FlowReport, check_flow};
pub use dimacs::{parse_dimacs, transport_instance, write_dimacs};
pub use problem::{FlowArc, FlowError, FlowProblem, FlowSolution};
pub use simplex::solve_flow;
