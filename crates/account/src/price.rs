//! Price indices, which turn kroner of one year into kroner of another, and paths of carbon prices.

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
    /// The file is no table of the two columns.
    #[error("the table of prices cannot be read")]
    Table(#[from] csv::Error),
    /// A value is not a positive decimal.
    #[error("year {year}: `{text}` is not a positive number")]
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

/// A path of carbon prices: what a tonne of CO2e costs in each year, whoever pays it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarbonPath {
    /// Its name, as printed beside every figure that rests on it.
    pub name: String,
    /// Publication.
    pub source: String,
    /// NOK per tonne of CO2e, in kroner of the year.
    pub nok_per_t: BTreeMap<i16, Amount>,
}

#[derive(Deserialize)]
struct PriceRow {
    year: i16,
    nok_per_t: String,
}

impl CarbonPath {
    /// Reads a table with the columns `year` and `nok_per_t`; lines beginning with `#` are comments.
    ///
    /// # Errors
    /// [`PriceFileError`] for a malformed table, a negative price, or a year given twice.
    pub fn parse(name: &str, source: &str, reader: impl Read) -> Result<Self, PriceFileError> {
        let mut prices = BTreeMap::new();
        let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(reader);
        for row in table.deserialize() {
            let PriceRow { year, nok_per_t } = row?;
            let price = nok_per_t.parse::<Amount>().ok().filter(|price| !price.is_negative());
            let price = price.ok_or(PriceFileError::Value { year, text: nok_per_t })?;
            if prices.insert(year, price).is_some() {
                return Err(PriceFileError::Twice(year));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
            nok_per_t: prices,
        })
    }

    /// NOK that `kg` of CO2e cost in `year`, rounded half to even; `None` when the path has no price of that year.
    ///
    /// # Errors
    /// Overflow.
    pub fn cost(&self, kg: Amount, year: i16) -> Result<Option<Amount>, DecimalError> {
        let price = self.nok_per_t.get(&year);
        let thousand = 1000 * Amount::ONE_MANTISSA;
        price.map(|price| scale(kg, price.mantissa(), thousand)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prices_the_years_that_it_has() {
        let path = CarbonPath::parse(
            "test",
            "own",
            "# comment\nyear,nok_per_t\n2024,1176\n2030,2000.5\n".as_bytes(),
        );
        let path = path.expect("a path");
        let tonnes = Amount::from_integer(12_500);
        let cost = |year| path.cost(tonnes, year).expect("fits").map(|nok| nok.to_string());
        assert_eq!(cost(2024).as_deref(), Some("14700"));
        assert_eq!(cost(2030).as_deref(), Some("25006.25"));
        assert_eq!(cost(2025), None, "no price is made up between two years");
        for (table, is_twice) in [
            ("year,nok_per_t\n2024,-1\n", false),
            ("year,nok_per_t\n2024,1\n2024,2\n", true),
        ] {
            let error = CarbonPath::parse("test", "own", table.as_bytes()).expect_err("refused");
            assert_eq!(matches!(error, PriceFileError::Twice(2024)), is_twice, "{error}");
        }
    }
}
