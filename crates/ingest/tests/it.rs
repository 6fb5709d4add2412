//! The contract of the readers, on our own fixtures and, where they are at hand, on official files.

#[path = "it/saft.rs"]
mod saft;
#[path = "it/tables/mod.rs"]
mod tables;
