//! Where and how much a battery is charged on the way.

use super::exact::Value;
use super::model::{EPS, Kind, Model};

/// A sequence with stations in it.
#[derive(Debug, Clone)]
pub(crate) struct Charged {
    pub seq: Vec<u32>,
    /// `[i]`: how much is charged at `seq[i]`.
    pub amounts: Vec<f64>,
    pub value: Value,
}

/// The cheapest way to keep the battery from running out; `None` when there is none.
pub(crate) fn charge(model: &Model, kind: &Kind, seq: &[u32]) -> Option<Charged> {
    let battery = kind.battery?;
    let dist: f64 = seq.windows(2).map(|pair| model.dist(kind.net, pair[0], pair[1])).sum();
    (battery.consumption * dist <= battery.capacity + EPS).then_some(())?;
    None
}
