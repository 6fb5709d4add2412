//! The contract of the readers.

#[path = "it/tables/mod.rs"]
mod tables;
