//! One test binary: each module is a behaviour.
#![expect(clippy::unwrap_used, reason = "tests stop where something is not as they say")]

#[path = "it/checker.rs"]
mod checker;
#[path = "it/features.rs"]
mod features;
#[path = "it/kit.rs"]
mod kit;
#[path = "it/properties.rs"]
mod properties;
#[path = "it/public_sets.rs"]
mod public_sets;
#[path = "it/readers.rs"]
mod readers;
#[path = "it/refusals.rs"]
mod refusals;
#[path = "it/replanning.rs"]
mod replanning;
