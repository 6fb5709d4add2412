//! Data quality as customers ask for it: three scores, 1 good to 5 poor, as the pedigree matrix gives them.
//!
//! Source: PACT Methodology, Version 3.0 (WBCSD 2025), data quality indicators. Version 2 had scores to 3, which are another scale.

use greenheart_units::{Rate, Rounding};

/// Scores of one data point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataQuality {
    technology: u8,
    geography: u8,
    time: u8,
}

/// A score that is not from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("data quality score {0} is not from 1 to 5")]
pub struct QualityError(pub u8);

impl DataQuality {
    /// Scores for technological, geographical and temporal fit.
    pub fn new(technology: u8, geography: u8, time: u8) -> Result<Self, QualityError> {
        for score in [technology, geography, time] {
            if !(1..=5).contains(&score) {
                return Err(QualityError(score));
            }
        }
        Ok(Self {
            technology,
            geography,
            time,
        })
    }

    /// Technological fit.
    pub fn technology(&self) -> u8 {
        self.technology
    }

    /// Geographical fit.
    pub fn geography(&self) -> u8 {
        self.geography
    }

    /// Temporal fit.
    pub fn time(&self) -> u8 {
        self.time
    }
}

/// The rating: the mean of the three.
pub fn rating(technology: Rate, geography: Rate, time: Rate) -> Rate {
    let sum = technology + geography + time;
    Rate::from_mantissa(Rounding::HalfEven.divide(sum.mantissa(), 3))
}
