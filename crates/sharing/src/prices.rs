use crate::SharingError;

/// A split read off the shadow prices of a linear program.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// One share per player: what its resources are worth at the prices.
    pub shares: Vec<f64>,
    /// Value of everybody less the sum of the shares: zero, but for rounding, when the program is linear and every limit
    /// belongs to some player.
    pub residual: f64,
}

/// The stable split of a linear program whose right-hand sides belong to players (Owen 1975): no coalition does better
/// by itself, since the prices of the whole are feasible in the dual of every part.
///
/// `prices`: gain per unit of each resource. `owned`: `[player][resource]`, in the resource's unit. `total`: gain of everybody.
///
/// # Errors
/// [`SharingError::WrongLength`] when a player's row is not as long as `prices`.
pub fn price_shares(prices: &[f64], owned: &[Vec<f64>], total: f64) -> Result<Priced, SharingError> {
    let mut shares = Vec::with_capacity(owned.len());
    for row in owned {
        if row.len() != prices.len() {
            return Err(SharingError::WrongLength {
                got: row.len(),
                players: prices.len(),
            });
        }
        shares.push(row.iter().zip(prices).map(|(amount, price)| amount * price).sum());
    }
    let residual = total - shares.iter().sum::<f64>();
    Ok(Priced { shares, residual })
}
