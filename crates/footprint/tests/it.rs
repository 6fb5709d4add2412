//! The crate's contract: published numbers, properties that must hold for any cluster, bad input by name.

#[path = "it/consolidation.rs"]
mod consolidation;
#[path = "it/decomposition.rs"]
mod decomposition;
#[path = "it/peers.rs"]
mod peers;
#[path = "it/products.rs"]
mod products;
#[path = "it/properties.rs"]
mod properties;
#[path = "it/solving.rs"]
mod solving;
#[path = "it/support.rs"]
mod support;
#[path = "it/uncertain.rs"]
mod uncertain;
