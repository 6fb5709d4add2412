//! One test binary: each module is a behaviour.
#![expect(clippy::unwrap_used, reason = "tests stop where something is not as they say")]

#[path = "it/fixtures.rs"]
mod fixtures;
#[path = "it/importing.rs"]
mod importing;
#[path = "it/mutation.rs"]
mod mutation;
#[path = "it/official.rs"]
mod official;
#[path = "it/own.rs"]
mod own;
#[path = "it/questions.rs"]
mod questions;
