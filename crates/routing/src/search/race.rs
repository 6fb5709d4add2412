//! Where to begin, and how hot: for long tours the right number of tours decides most, and it depends on the problem whether a first
//! plan with many tours or with few, hardly shaken or shaken well, leads there. A few short annealings tell; the best goes on.
//!
//! # Source
//! Ours. The idea of spending a little on several starts and the rest on the best: Maron and Moore, "The racing algorithm",
//! Artificial Intelligence Review 11 (1997).

use super::anneal::{Annealer, Cooling, Snapshot};
use super::savings;

/// How a first plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Tours joined by what that saves: many.
    Savings,
    /// Jobs put in one after another: few.
    Filled,
}

/// First plans with the temperature they begin at, in average legs.
const STARTS: [(Start, f64); 4] = [
    (Start::Savings, 0.25),
    (Start::Filled, 0.25),
    (Start::Savings, 0.6),
    (Start::Savings, 1.5),
];

/// Tries the starts, each for its share of the budget, and leaves the best plan standing; says at which temperature it was begun, or
/// nothing when there is nothing to choose.
pub(crate) fn choose(
    annealer: &mut Annealer,
    until: f64,
    used: &dyn Fn(u64) -> f64,
    incumbent: &mut dyn FnMut(usize, f64),
) -> Option<f64> {
    let joined = savings::tours(annealer.model);
    if joined.is_empty() {
        return None;
    }
    let begin = used(annealer.iterations);
    let share = annealer.settings.race * (until - begin);
    let mut winner: Option<(Snapshot, f64)> = None;
    for (turn, (start, hot)) in (0u32..).zip(STARTS) {
        annealer.begin_with(if start == Start::Savings { &joined } else { &[] });
        let from = begin + share * f64::from(turn);
        let cooling = Cooling {
            from,
            to: from + share,
            hot,
        };
        annealer.run(cooling, cooling.to, used, incumbent);
        if winner.as_ref().is_none_or(|(winner, _)| annealer.best.beats(winner)) {
            winner = Some((annealer.best.clone(), hot));
        }
    }
    let (winner, hot) = winner?;
    annealer.begin_with(&winner.tours);
    Some(hot)
}
