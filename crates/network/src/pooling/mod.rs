//! Pooling: streams that mix before they are used, so that quality is a product of two unknowns.
//!
//! `problem` (validated input), `format` (a public JSON layout), `relax` (linear relaxation over a box), `search` (better mixes and a
//! bound, by branching on mixes), `check`.

mod check;
mod format;
mod problem;
mod relax;
mod search;

pub use check::check_mix;
pub use format::parse_pooling;
pub use problem::{Draw, Feed, Pool, PoolingError, PoolingProblem, Product, Source};
pub use search::{Mix, PoolingSolution, solve_pooling};
