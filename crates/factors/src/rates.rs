//! Kroner per unit of a currency by year: what turns foreign spend factors into factors per krone.

use std::collections::BTreeMap;
use std::io::Read;

use greenheart_units::Rate;

use crate::exact::Ratio;

/// Yearly averages that are built in, each with its source in the file.
const BUILT_IN: &str = include_str!("../../../data/prices/nok-per-currency.csv");

/// Kroner per unit by currency and year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CurrencyRates {
    by_year: BTreeMap<(String, i16), (Rate, String)>,
}

/// Why a table of rates was refused.
#[derive(Debug, thiserror::Error)]
pub enum RateFileError {
    /// The file is not a table `currency,year,nok,source`.
    #[error("the table of currency rates cannot be read")]
    Table(#[from] csv::Error),
    /// A row does not hold what its columns say.
    #[error("currency rates, line {0}: a currency, a year, kroner above zero and a source are needed")]
    Row(u64),
}

impl CurrencyRates {
    /// The built-in yearly averages.
    ///
    /// # Panics
    /// When the built-in table is malformed, which a test rules out.
    pub fn built_in() -> Self {
        match Self::parse(BUILT_IN.as_bytes()) {
            Ok(rates) => rates,
            Err(error) => panic!("the built-in currency rates: {error}"),
        }
    }

    /// Reads a table with the columns `currency, year, nok, source`; lines beginning with `#` are comments.
    ///
    /// # Errors
    /// [`RateFileError`] for a malformed table or row.
    pub fn parse(reader: impl Read) -> Result<Self, RateFileError> {
        let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(reader);
        let mut by_year = BTreeMap::new();
        for record in table.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let field = |at: usize| record.get(at).unwrap_or_default().trim();
            let (Ok(year), Ok(nok)) = (field(1).parse::<i16>(), field(2).parse::<Rate>()) else {
                return Err(RateFileError::Row(line));
            };
            if field(0).is_empty() || field(3).is_empty() || nok <= Rate::ZERO {
                return Err(RateFileError::Row(line));
            }
            by_year.insert((field(0).to_uppercase(), year), (nok, field(3).to_owned()));
        }
        Ok(Self { by_year })
    }

    /// Kroner per unit of `currency` in `year`, with where the rate was published.
    pub fn get(&self, currency: &str, year: i16) -> Option<(Rate, &str)> {
        let found = self.by_year.get(&(currency.to_uppercase(), year));
        found.map(|(rate, source)| (*rate, source.as_str()))
    }

    /// The same as a ratio of whole numbers.
    pub(crate) fn ratio(&self, currency: &str, year: i16) -> Option<(Ratio, String)> {
        if currency.eq_ignore_ascii_case("NOK") {
            return Some((Ratio::ONE, "kroner".to_owned()));
        }
        let (rate, source) = self.get(currency, year)?;
        let ratio = Ratio::new(rate.mantissa(), Rate::ONE_MANTISSA).times(Ratio::ONE)?;
        Some((
            ratio,
            format!("{rate} NOK per {} in {year} ({source})", currency.to_uppercase()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_rates_have_sources_and_strangers_none() {
        let rates = CurrencyRates::built_in();
        let (nok, source) = rates.get("usd", 2022).expect("the dollar of 2022 is built in");
        assert_eq!(nok.to_string(), "9.6138");
        assert!(source.starts_with("Federal Reserve"));
        assert_eq!(rates.get("USD", 2016), None);
        assert_eq!(rates.ratio("NOK", 1900).map(|(ratio, _)| ratio), Some(Ratio::ONE));
        for wrong in ["USD,2022,0,x", "USD,then,9,x", ",2022,9,x", "USD,2022,9,"] {
            let table = format!("currency,year,nok,source\n{wrong}\n");
            assert!(
                matches!(CurrencyRates::parse(table.as_bytes()), Err(RateFileError::Row(2))),
                "{wrong}"
            );
        }
    }
}
