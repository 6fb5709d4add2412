//! The contract of the readers, on our own fixtures and, where they are at hand, on official files.

#[path = "it/ehf/mod.rs"]
mod ehf;
#[path = "it/findings/mod.rs"]
mod findings;
#[path = "it/kit.rs"]
mod kit;
#[path = "it/meters/mod.rs"]
mod meters;
#[path = "it/mutations/mod.rs"]
mod mutations;
#[path = "it/recognising.rs"]
mod recognising;
#[path = "it/reduced/mod.rs"]
mod reduced;
#[path = "it/saft/mod.rs"]
mod saft;
#[path = "it/shipments/mod.rs"]
mod shipments;
#[path = "it/tables/mod.rs"]
mod tables;
#[path = "it/waste/mod.rs"]
mod waste;
