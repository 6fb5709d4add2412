//! Networks with known answers, public instances where they are there, checkers that must object, and bad input.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop a test")]

#[path = "it/design.rs"]
mod design;
#[path = "it/flow.rs"]
mod flow;
#[path = "it/pooling.rs"]
mod pooling;
#[path = "it/readers.rs"]
mod readers;
#[path = "it/region.rs"]
mod region;
#[path = "it/region_plants.rs"]
mod region_plants;
#[path = "it/region_pools.rs"]
mod region_pools;
