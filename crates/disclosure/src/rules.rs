use greenheart_units::Amount;

/// Thresholds of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Contributors besides the reader that a cell needs.
    pub others: usize,
    /// No reader may come within this percentage of a member's amount.
    pub percent: u8,
}

impl Rules {
    /// Three contributors besides the reader, 15 percent.
    pub const TOTALS: Self = Self { others: 3, percent: 15 };
    /// What members are measured against each other by: five besides the reader, 15 percent.
    pub const BENCHMARKS: Self = Self { others: 5, percent: 15 };

    /// Whether `room` on one side of `value` is enough.
    pub(crate) fn is_enough(self, room: i128, value: i128) -> bool {
        self.missing(room, value) <= 0
    }

    /// Hundredths of a mantissa that `room` lacks.
    pub(crate) fn missing(self, room: i128, value: i128) -> i128 {
        i128::from(self.percent)
            .saturating_mul(value)
            .saturating_sub(room.saturating_mul(100))
    }

    /// Whether the second largest of `amounts` could estimate the largest too well from their sum.
    pub(crate) fn is_dominated(self, amounts: &[Amount]) -> bool {
        let mut sorted: Vec<i128> = amounts.iter().map(|amount| amount.mantissa()).collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let rest: i128 = sorted.iter().skip(2).sum();
        sorted.first().is_some_and(|largest| !self.is_enough(rest, *largest))
    }
}
