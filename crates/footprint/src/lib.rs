//! Footprints: what the products of a cluster carry, and what the cluster emits, each tonne once.
//!
//! For: consolidation without double counting ([`consolidate`](consolidate::consolidate)). Floats inside; results come back
//! rounded, with residual and tolerance.
//! Not for: storage, files, applications; evidence, factors and posting are `account`'s, in decimals.
//! Start with [`consolidate`], then [`solve`].

pub mod consolidate;
mod rounded;
pub mod solve;
pub mod sparse;

pub use rounded::{Rounded, TooLarge};
