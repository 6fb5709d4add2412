use crate::core::{Enumerated, least_core};
use crate::{Coalition, Game, SharingError, Table};

/// A coalition that would do better by itself, and by how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objection {
    /// Who would leave together.
    pub coalition: Coalition,
    /// What they would gain by themselves.
    pub by_themselves: f64,
    /// What the split gives them together.
    pub here: f64,
}

impl Objection {
    /// What they lack here.
    pub fn short(&self) -> f64 {
        self.by_themselves - self.here
    }
}

/// Whether a split can be signed by everybody, and if no split can, what holds the group apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Coalitions that would leave under the given split, worst first.
    pub objections: Vec<Objection>,
    /// Whether some other split would keep everybody.
    pub core_is_empty: bool,
    /// When the core is empty: what the worst-off coalition lacks under the best split of all.
    pub least_short: f64,
    /// When the core is empty: the coalitions whose claims cannot all be met at once.
    pub conflict: Vec<Coalition>,
}

/// Coalitions that do better by themselves than under `shares`, worst first, at most `most`.
pub fn objections(game: &Table, shares: &[f64], most: usize) -> Result<Vec<Objection>, SharingError> {
    if shares.len() != game.players() {
        return Err(SharingError::WrongLength {
            got: shares.len(),
            players: game.players(),
        });
    }
    let tolerance = 1e-6 * (1.0 + game.at(Coalition::all(shares.len())).abs());
    let mut found: Vec<Objection> = game
        .proper()
        .map(|coalition| Objection {
            coalition,
            by_themselves: game.at(coalition),
            here: coalition.sum(shares),
        })
        .filter(|objection| objection.short() > tolerance)
        .collect();
    found.sort_by(|a, b| b.short().total_cmp(&a.short()).then(a.coalition.cmp(&b.coalition)));
    found.truncate(most);
    Ok(found)
}

/// Judges a split: who would leave, and whether any split would keep everybody.
pub fn stability(game: &Table, shares: &[f64]) -> Result<Stability, SharingError> {
    let objections = objections(game, shares, 20)?;
    let best = least_core(game, &Enumerated(game))?;
    let empty = best.core_is_empty();
    Ok(Stability {
        objections,
        core_is_empty: empty,
        least_short: if empty { best.short } else { 0.0 },
        conflict: if empty { best.decisive } else { Vec::new() },
    })
}
