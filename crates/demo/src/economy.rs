//! Prices by year. Invented in the manner of the years they stand for; no figure of a statistics office.

/// What a price follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    /// Prices in general.
    General,
    /// Wages.
    Wage,
    /// Timber, boards and paper.
    Wood,
    /// Steel and aluminium.
    Metal,
    /// Cement, stone and glass.
    Mineral,
    /// Food and its raw materials.
    Food,
    /// Power, energy and grid together, as industry pays it.
    Power,
    /// Diesel and gas.
    Fuel,
}

/// Levels from [`FIRST_YEAR`] on, 2022 = 1.
const FIRST_YEAR: i16 = 2018;

impl Index {
    const fn levels(self) -> &'static [f64] {
        match self {
            Self::General => &[0.885, 0.905, 0.917, 0.949, 1.0, 1.055, 1.088, 1.117, 1.142, 1.166],
            Self::Wage => &[0.868, 0.898, 0.926, 0.959, 1.0, 1.053, 1.108, 1.157, 1.201, 1.243],
            Self::Wood => &[0.76, 0.74, 0.73, 0.98, 1.0, 0.94, 0.99, 1.08, 1.10, 1.12],
            Self::Metal => &[0.72, 0.70, 0.66, 0.88, 1.0, 0.93, 0.92, 0.94, 0.96, 0.98],
            Self::Mineral => &[0.84, 0.86, 0.88, 0.92, 1.0, 1.09, 1.13, 1.17, 1.20, 1.23],
            Self::Food => &[0.89, 0.91, 0.93, 0.95, 1.0, 1.09, 1.14, 1.19, 1.22, 1.25],
            Self::Power => &[0.50, 0.46, 0.28, 0.62, 1.0, 0.70, 0.58, 0.60, 0.62, 0.63],
            Self::Fuel => &[0.74, 0.76, 0.67, 0.79, 1.0, 0.97, 0.94, 0.92, 0.93, 0.94],
        }
    }

    /// The level of `year` over that of 2022; years outside the table have that of its nearest end.
    pub(crate) fn level(self, year: i16) -> f64 {
        let levels = self.levels();
        let at = usize::try_from(year - FIRST_YEAR).unwrap_or(0);
        levels[at.min(levels.len() - 1)]
    }
}

/// `(1 + rate)` to the power of `years`, by plain multiplication: the same on every machine.
pub(crate) fn grown(rate: f64, years: i16) -> f64 {
    (0..years).fold(1.0, |level, _| level * (1.0 + rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_year_is_one_and_far_years_keep_the_ends() {
        for index in [Index::General, Index::Wage, Index::Wood, Index::Power] {
            assert!((index.level(2022) - 1.0).abs() < 1e-12);
            assert!((index.level(1990) - index.level(2018)).abs() < 1e-12);
            assert!((index.level(2100) - index.level(2027)).abs() < 1e-12);
        }
        assert!((grown(0.1, 2) - 1.21).abs() < 1e-12);
    }
}
