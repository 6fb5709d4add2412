//! The contract of the readers, on our own fixtures and, where they are at hand, on official files.

#[path = "it/mutations/mod.rs"]
mod mutations;
#[path = "it/saft/mod.rs"]
mod saft;
#[path = "it/tables/mod.rs"]
mod tables;
