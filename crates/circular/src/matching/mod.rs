//! Who could use a stream, and why.
//!
//! Start with [`Reader`] (the tables, read once), then [`Matcher`] (the known cases) and [`Matcher::rank`].

mod case;
mod features;
mod fit;
mod learn;
mod rank;

pub use case::{Case, Firm, FirmView, Reader, StreamView};
pub use features::{FEATURES, Features, Likeness, Matcher, Reason, TakerLikeness, Tally};
pub use fit::{DistanceFit, QuantityFit, distance_fit, distance_km, quantity_fit};
pub use learn::{Group, Weights, fit_weights};
pub use rank::{Known, ReadTaker, Suggestion, Taker};
