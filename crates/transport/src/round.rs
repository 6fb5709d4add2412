//! Collection and delivery rounds: one vehicle, many consignments.

use crate::TransportError;
use crate::energy::Emissions;
use crate::error::{not_negative, positive};

/// A consignment of a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Mass with its packaging, t.
    pub mass_t: f64,
    /// Shortest feasible distance between hub and customer, km, whatever the order of stops was.
    pub hub_to_customer_km: f64,
}

impl Stop {
    /// Freight work, tonne-kilometres.
    pub fn work_tkm(&self) -> Result<f64, TransportError> {
        Ok(positive("mass", self.mass_t)? * not_negative("distance", self.hub_to_customer_km)?)
    }
}

/// Shares the emissions of a round by each consignment's mass times its own distance from the hub.
///
/// The shares do not depend on the order of the stops and add up to the whole.
/// # Source
/// EN ISO 14083:2023, allocation in collection and delivery rounds.
pub fn share(round: Emissions, stops: &[Stop]) -> Result<Vec<Emissions>, TransportError> {
    if stops.is_empty() {
        return Err(TransportError::Empty("the round"));
    }
    let work: Vec<f64> = stops.iter().map(Stop::work_tkm).collect::<Result<_, _>>()?;
    let all = positive("freight work of the round", work.iter().sum())?;
    let shares: Vec<Emissions> = work.iter().map(|part| round * (part / all)).collect();
    check_closed(round.wtw_kg(), shares.iter().map(|share| share.wtw_kg()).sum())?;
    Ok(shares)
}

fn check_closed(whole: f64, parts: f64) -> Result<(), TransportError> {
    if (whole - parts).abs() <= 1e-9 * whole.abs() {
        return Ok(());
    }
    Err(TransportError::NotClosed { parts, whole })
}
