/// Most players a [`Coalition`] can hold.
pub const MAX_PLAYERS: usize = 128;

/// A set of players, numbered from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Coalition(u128);

impl Coalition {
    /// Nobody.
    pub const EMPTY: Self = Self(0);

    /// Everybody of `players`.
    pub fn all(players: usize) -> Self {
        if players >= MAX_PLAYERS {
            return Self(u128::MAX);
        }
        Self((1 << players) - 1)
    }

    /// One player.
    pub fn one(player: usize) -> Self {
        Self(1 << player)
    }

    /// The set whose members are the ones of a binary number.
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The binary number of the set.
    pub fn bits(self) -> u128 {
        self.0
    }

    /// With one more player.
    pub fn with(self, player: usize) -> Self {
        Self(self.0 | 1 << player)
    }

    /// Those of `players` who are not in it.
    pub fn others(self, players: usize) -> Self {
        Self(Self::all(players).0 & !self.0)
    }

    /// Whether the player is in it.
    pub fn has(self, player: usize) -> bool {
        self.0 >> player & 1 == 1
    }

    /// How many are in it.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether nobody is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Members in ascending order.
    pub fn members(self) -> impl Iterator<Item = usize> {
        (0..MAX_PLAYERS).filter(move |player| self.has(*player))
    }

    /// Sum of the members' entries in a list.
    pub fn sum(self, list: &[f64]) -> f64 {
        let shares = list.iter().enumerate();
        shares.filter(|(player, _)| self.has(*player)).map(|(_, share)| share).sum()
    }
}

impl std::fmt::Display for Coalition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members: Vec<String> = self.members().map(|player| player.to_string()).collect();
        write!(f, "{{{}}}", members.join(", "))
    }
}
