//! One test binary: each module is a behaviour.
#![expect(clippy::unwrap_used, reason = "tests stop where something is not as they say")]

#[path = "it/freight.rs"]
mod freight;
#[path = "it/goals.rs"]
mod goals;
#[path = "it/kit.rs"]
mod kit;
#[path = "it/open_goods.rs"]
mod open_goods;
#[path = "it/posting.rs"]
mod posting;
#[path = "it/potentials.rs"]
mod potentials;
#[path = "it/properties.rs"]
mod properties;
#[path = "it/reconciling.rs"]
mod reconciling;
