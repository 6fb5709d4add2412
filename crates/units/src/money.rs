//! Money with its currency.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Amount, DecimalError};

/// An ISO 4217 currency code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Norwegian kroner, the currency of the books.
    pub const NOK: Self = Self(*b"NOK");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// The text is not three letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency code of three letters")]
pub struct CurrencyError(String);

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let letters: [u8; 3] = text
            .trim()
            .as_bytes()
            .try_into()
            .map_err(|_| CurrencyError(text.to_owned()))?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(CurrencyError(text.to_owned()));
        }
        Ok(Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of one currency. Two currencies never add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Kroner.
    pub const fn nok(amount: Amount) -> Self {
        Self {
            amount,
            currency: Currency::NOK,
        }
    }

    /// The sum; `None` when the currencies differ.
    pub fn checked_add(self, other: Self) -> Option<Result<Self, DecimalError>> {
        (self.currency == other.currency).then(|| {
            self.amount.checked_add(other.amount).map(|amount| Self {
                amount,
                currency: self.currency,
            })
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_do_not_mix() {
        let krone = Money::nok(Amount::ONE);
        let euro = Money {
            amount: Amount::ONE,
            currency: "eur".parse().expect("a code"),
        };
        assert_eq!(euro.to_string(), "1 EUR");
        assert!(krone.checked_add(euro).is_none());
        assert_eq!(krone.checked_add(krone), Some(Ok(Money::nok(Amount::from_integer(2)))));
        assert!("E1R".parse::<Currency>().is_err());
        assert!("KRONER".parse::<Currency>().is_err());
    }
}
