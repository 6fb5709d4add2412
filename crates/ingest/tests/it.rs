//! The contract of the readers.

#[path = "it/tables.rs"]
mod tables;
