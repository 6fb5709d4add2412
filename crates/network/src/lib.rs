//! Solvers for networks of materials: flow at least cost, which lanes to open, what to mix, and a region's whole design.
//!
//! For: optimisation of exchange networks as plain values in and out, each answer with a bound and a checker that shares no code with the
//! solver. Not for: who offers what and why two streams fit; companies and ledgers.
//!
//! Start with [`flow`] (exact least-cost flow), [`design`] (lanes with fixed costs), [`pooling`] (blends) and [`region`] (periods,
//! conversion plants, virgin material, budgets).

pub mod design;
pub mod flow;
pub mod pooling;
