//! Price indices: what turns kroner of one year into kroner of another.

use std::collections::BTreeMap;
use std::io::Read;

use greenheart_units::{Amount, DecimalError, Rate};
use serde::{Deserialize, Serialize};

use crate::arithmetic::scale;

/// A yearly price index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceIndex {
    /// Its name, as printed beside every constant-price figure.
    pub name: String,
    /// Publication.
    pub source: String,
    /// Index by year; any base.
    pub by_year: BTreeMap<i16, Rate>,
}

/// Why a price index was refused.
#[derive(Debug, thiserror::Error)]
pub enum PriceFileError {
    /// The file is no table `year,index`.
    #[error("the price index cannot be read")]
    Table(#[from] csv::Error),
    /// A value is not a positive decimal.
    #[error("year {year}: the index `{text}` is not a positive number")]
    Value {
        /// Year.
        year: i16,
        /// As it stood.
        text: String,
    },
    /// A year stands twice.
    #[error("the year {0} stands twice")]
    Twice(i16),
}

#[derive(Deserialize)]
struct Row {
    year: i16,
    index: String,
}

impl PriceIndex {
    /// Reads a table with the columns `year` and `index`; lines beginning with `#` are comments.
    ///
    /// # Errors
    /// [`PriceFileError`] for a malformed table, a value that is not positive, or a year given twice.
    pub fn parse(name: &str, source: &str, reader: impl Read) -> Result<Self, PriceFileError> {
        let mut by_year = BTreeMap::new();
        let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(reader);
        for row in table.deserialize() {
            let Row { year, index } = row?;
            let value = index.parse::<Rate>().ok().filter(|v| *v > Rate::ZERO);
            let value = value.ok_or(PriceFileError::Value { year, text: index })?;
            if by_year.insert(year, value).is_some() {
                return Err(PriceFileError::Twice(year));
            }
        }
        let (name, source) = (name.to_owned(), source.to_owned());
        Ok(Self { name, source, by_year })
    }

    /// `amount` of year `from` in kroner of year `to`; `None` when the index lacks one of them.
    ///
    /// # Errors
    /// Overflow.
    pub fn convert(&self, amount: Amount, from: i16, to: i16) -> Result<Option<Amount>, DecimalError> {
        if from == to {
            return Ok(Some(amount));
        }
        let (Some(at_from), Some(at_to)) = (self.by_year.get(&from), self.by_year.get(&to)) else {
            return Ok(None);
        };
        scale(amount, at_to.mantissa(), at_from.mantissa()).map(Some)
    }
}
