use crate::game::{check_players, finite};
use crate::{Coalition, Game, MAX_PLAYERS, SharingError, Table};

/// Up to this many players the Shapley value is computed exactly.
pub const EXACT_PLAYERS: usize = 12;

/// The average of what each player adds, over all orders of arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct Shapley {
    /// One share per player; they sum to the value of everybody.
    pub shares: Vec<f64>,
    /// Half the width of the 95 % confidence interval of each share; zero when exact.
    pub half_widths: Vec<f64>,
    /// Orders looked at; `None` when exact.
    pub permutations: Option<u32>,
}

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Seed of the orders.
    pub seed: u64,
    /// Orders of arrival, drawn in pairs of one order and its reverse.
    pub permutations: u32,
}

/// Exact up to [`EXACT_PLAYERS`], sampled beyond.
pub fn shapley(game: &dyn Game, sampling: Sampling) -> Result<Shapley, SharingError> {
    if game.players() <= EXACT_PLAYERS {
        return shapley_exact(game);
    }
    shapley_sampled(game, sampling)
}

/// The Shapley value by its definition (Shapley 1953): `sum over S without i of |S|! (n-|S|-1)! / n! (v(S+i) - v(S))`.
pub fn shapley_exact(game: &dyn Game) -> Result<Shapley, SharingError> {
    let players = game.players();
    check_players(players, EXACT_PLAYERS, "exact Shapley value")?;
    let table = Table::of(game)?;
    let weights = weights(players);
    let share = |player: usize| {
        (0..1_u128 << players)
            .map(Coalition::from_bits)
            .filter(|coalition| !coalition.has(player))
            .map(|without| weights[without.len()] * (table.at(without.with(player)) - table.at(without)))
            .sum()
    };
    Ok(Shapley {
        shares: (0..players).map(share).collect(),
        half_widths: vec![0.0; players],
        permutations: None,
    })
}

/// `s! (n-s-1)! / n!` for s from 0 to n-1.
fn weights(players: usize) -> Vec<f64> {
    let mut weights = Vec::with_capacity(players);
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let mut weight = 1.0 / count(players);
    for size in 0..players {
        weights.push(weight);
        if size + 1 < players {
            weight *= count(size + 1) / count(players - size - 1);
        }
    }
    weights
}

/// Shares from random orders, each with its reverse so that early and late arrival cancel (Castro et al. 2009, antithetic).
///
/// The interval is the normal one over the pairs. Shares sum to the value of everybody whatever the sample.
pub fn shapley_sampled(game: &dyn Game, sampling: Sampling) -> Result<Shapley, SharingError> {
    let players = game.players();
    check_players(players, MAX_PLAYERS, "sampled Shapley value")?;
    let pairs = sampling.permutations / 2;
    if pairs < 2 {
        return Err(SharingError::TooFewPermutations(sampling.permutations));
    }
    let mut order: Vec<usize> = (0..players).collect();
    let mut random = sampling.seed;
    let (mut sum, mut squares) = (vec![0.0; players], vec![0.0; players]);
    for _ in 0..pairs {
        shuffle(&mut order, &mut random);
        let mut pair = vec![0.0; players];
        arrive(game, order.iter().copied(), &mut pair)?;
        arrive(game, order.iter().rev().copied(), &mut pair)?;
        for (player, added) in pair.iter().enumerate() {
            sum[player] += added / 2.0;
            squares[player] += added / 2.0 * (added / 2.0);
        }
    }
    let count = f64::from(pairs);
    let half_width = |player: usize| {
        let mean = sum[player] / count;
        let variance = (squares[player] - count * mean * mean).max(0.0) / (count - 1.0);
        1.96 * (variance / count).sqrt()
    };
    Ok(Shapley {
        shares: sum.iter().map(|total| total / count).collect(),
        half_widths: (0..players).map(half_width).collect(),
        permutations: Some(pairs * 2),
    })
}

/// Adds to each player what it brings when the players arrive in `order`.
fn arrive(game: &dyn Game, order: impl Iterator<Item = usize>, added: &mut [f64]) -> Result<(), SharingError> {
    let (mut here, mut before) = (Coalition::EMPTY, 0.0);
    for player in order {
        here = here.with(player);
        let now = finite(here, game.value(here)?)?;
        added[player] += now - before;
        before = now;
    }
    Ok(())
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for last in (1..order.len()).rev() {
        let place = next(state) % (last as u64 + 1);
        order.swap(last, usize::try_from(place).unwrap_or(0));
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
