use crate::{Coalition, MAX_PLAYERS, SharingError};

/// What each coalition gains by itself. The empty coalition gains nothing and is never asked for.
pub trait Game {
    /// How many play.
    fn players(&self) -> usize;

    /// Gain of a coalition that works without the others.
    fn value(&self, coalition: Coalition) -> Result<f64, SharingError>;
}

/// All values written down: for up to 20 players.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    players: usize,
    values: Vec<f64>,
}

impl Table {
    /// Most players of a table.
    pub const MOST: usize = 20;

    /// Asks `value` once for every coalition but the empty one.
    pub fn fill(
        players: usize,
        mut value: impl FnMut(Coalition) -> Result<f64, SharingError>,
    ) -> Result<Self, SharingError> {
        check_players(players, Self::MOST, "table")?;
        let mut values = vec![0.0; 1 << players];
        for (bits, slot) in (0_u128..).zip(values.iter_mut()).skip(1) {
            let coalition = Coalition::from_bits(bits);
            *slot = finite(coalition, value(coalition)?)?;
        }
        Ok(Self { players, values })
    }

    /// As [`Table::fill`], from a function that cannot fail.
    pub fn new(players: usize, value: impl Fn(Coalition) -> f64) -> Result<Self, SharingError> {
        Self::fill(players, |coalition| Ok(value(coalition)))
    }

    /// Writes down a game.
    pub fn of(game: &dyn Game) -> Result<Self, SharingError> {
        Self::fill(game.players(), |coalition| game.value(coalition))
    }

    /// The value of a coalition of this game's players.
    pub fn at(&self, coalition: Coalition) -> f64 {
        let place = usize::try_from(coalition.bits()).unwrap_or(usize::MAX);
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    /// Every coalition but nobody and everybody.
    pub fn proper(&self) -> impl Iterator<Item = Coalition> + use<> {
        let all = Coalition::all(self.players).bits();
        (1..all).map(Coalition::from_bits)
    }
}

impl Game for Table {
    fn players(&self) -> usize {
        self.players
    }

    fn value(&self, coalition: Coalition) -> Result<f64, SharingError> {
        finite(coalition, self.at(coalition))
    }
}

/// A game of costs as a game of gains: each value turns its sign, so a share of it is minus what a player pays.
pub fn costs(players: usize, cost: impl Fn(Coalition) -> f64) -> Result<Table, SharingError> {
    Table::new(players, |coalition| -cost(coalition))
}

/// What each player gains alone.
pub fn stand_alone(game: &dyn Game) -> Result<Vec<f64>, SharingError> {
    check_players(game.players(), MAX_PLAYERS, "stand-alone values")?;
    (0..game.players())
        .map(|player| {
            let coalition = Coalition::one(player);
            finite(coalition, game.value(coalition)?)
        })
        .collect()
}

pub(crate) fn check_players(players: usize, most: usize, method: &'static str) -> Result<(), SharingError> {
    match players {
        0 => Err(SharingError::NoPlayers),
        _ if players > most => Err(SharingError::TooManyPlayers { players, most, method }),
        _ => Ok(()),
    }
}

pub(crate) fn finite(coalition: Coalition, value: f64) -> Result<f64, SharingError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(SharingError::BadValue { coalition, value })
}
