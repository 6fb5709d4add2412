use greenheart_model::MemberId;
use greenheart_units::{Amount, DecimalError};

/// One amount of one member that cells are sums of, such as its scope 1 of 2024.
///
/// The same member, name and value is the same amount in every release; another value is another amount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// Whose.
    pub member: MemberId,
    /// What, such as `co2e.scope1/2024`.
    pub name: String,
    /// How much.
    pub value: Amount,
}

/// What is given up first when a further cell must be withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// A cell inside a table.
    Inner,
    /// A total.
    Total,
    /// What the release is for.
    Headline,
}

/// A total that would be published: the sum of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What is withheld first.
    pub rank: Rank,
    /// Among cells of one rank: what has the least is withheld first, such as the oldest year.
    pub worth: i16,
    /// What it is the sum of, each part once.
    pub parts: Vec<Part>,
}

impl Cell {
    /// The sum of the parts.
    ///
    /// # Errors
    /// Overflow.
    pub fn value(&self) -> Result<Amount, DecimalError> {
        let mut values = self.parts.iter().map(|part| part.value);
        values.try_fold(Amount::ZERO, Amount::checked_add)
    }
}

/// Whether a cell may be published, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It may.
    Published,
    /// Nobody contributes.
    Empty,
    /// Fewer contribute than the rules ask for.
    Few,
    /// The second largest contributor, or whoever knows as much, could estimate the largest.
    Dominated,
    /// An amount in it is negative, so that the rules do not bound it.
    Negative,
    /// It would give away a withheld cell of the same release.
    Secondary,
    /// Together with an earlier release it would give away an amount.
    Earlier,
}
