//! Splitting what a coalition earns or saves: stand-alone values, Shapley, least core, nucleolus, prices of a linear program.
//!
//! For: a split that each party can check, and plain words about who would leave and why when no split keeps everyone.
//! Not for: what the coalition does; it is only asked what each part of it is worth.
//!
//! Sign convention: a [`Game`] gives gains, more is better. A cost is a negative gain: [`costs`] turns the sign.
//! Start with [`Table`], [`shapley`] and [`nucleolus`]; [`objections`] says who does better alone under a given split.

mod coalition;
mod core;
mod game;
mod nucleolus;
mod prices;
mod shapley;
mod span;
mod stability;

pub use coalition::{Coalition, MAX_PLAYERS};
pub use core::{Enumerated, LeastCore, Separator, least_core};
pub use game::{Game, Table, costs, stand_alone};
pub use nucleolus::{Nucleolus, nucleolus};
pub use prices::{Priced, price_shares};
pub use shapley::{EXACT_PLAYERS, Sampling, Shapley, shapley, shapley_exact, shapley_sampled};
pub use stability::{Objection, Stability, objections, stability};

/// Why there is no split.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SharingError {
    /// Nobody plays.
    #[error("a game needs at least one player")]
    NoPlayers,
    /// More players than the method can take.
    #[error("{players} players are more than the {most} that `{method}` takes")]
    TooManyPlayers {
        /// How many play.
        players: usize,
        /// How many can.
        most: usize,
        /// The method.
        method: &'static str,
    },
    /// Sampling without samples.
    #[error("{0} permutations leave no confidence interval; ask for at least 4")]
    TooFewPermutations(u32),
    /// A coalition's value is not a number.
    #[error("the value of coalition {coalition} is {value}")]
    BadValue {
        /// Which.
        coalition: Coalition,
        /// Its value.
        value: f64,
    },
    /// A list has a length other than the number of players.
    #[error("{got} shares for {players} players")]
    WrongLength {
        /// Shares given.
        got: usize,
        /// Players in the game.
        players: usize,
    },
    /// The game itself could not tell a value.
    #[error("the value of coalition {coalition} is not known: {reason}")]
    NoValue {
        /// Which.
        coalition: Coalition,
        /// Why.
        reason: String,
    },
    /// The linear program behind a split failed.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
    /// The linear program behind a split has no optimum, which only broken values can cause.
    #[error("the program behind the split has no optimum")]
    NoOptimum,
}
