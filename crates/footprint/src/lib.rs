//! Footprints: what the products of a cluster carry, and what the cluster emits, each tonne once.
//!
//! For: consolidation without double counting ([`consolidate`](consolidate::consolidate)), what a product's footprint is made of
//! ([`product`]), why an account changed ([`decompose`](decompose::decompose)), how sure it is
//! ([`simulate`](uncertainty::simulate)), and three predicates ([`positive`], [`circularity`]). Floats inside; results come
//! back rounded, with residual and tolerance.
//! Not for: storage, files, applications; evidence, factors and posting are `account`'s, in decimals.
//! Start with [`consolidate`], then [`solve`].

pub mod circularity;
pub mod consolidate;
pub mod decompose;
pub mod forecast;
pub mod positive;
pub mod product;
mod rounded;
pub mod solve;
pub mod sparse;
pub mod uncertainty;

pub use rounded::{Rounded, TooLarge};
