//! Codes of the Combined Nomenclature.

use std::fmt;
use std::str::FromStr;

use greenheart_model::CodeError;
use serde::{Deserialize, Serialize};

/// A code of the Combined Nomenclature (Regulation (EEC) No 2658/87): two, four, six or eight digits, the first six those of the
/// Harmonized System.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CnCode(String);

impl CnCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CnCode {
    type Err = CodeError;

    /// Accepts `2618 00 00`, `2618.00`, `26180000`.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '\u{a0}')).collect();
        let form = || CodeError::Form {
            text: text.to_owned(),
            what: "a code of the Combined Nomenclature, two to eight digits",
        };
        if !matches!(digits.len(), 2 | 4 | 6 | 8) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let chapter: u8 = digits[..2].parse().map_err(|_| form())?;
        // Chapter 77 is reserved and empty.
        if !(1..=99).contains(&chapter) || chapter == 77 {
            return Err(CodeError::Range {
                text: text.to_owned(),
                what: "the chapters 01 to 99 of the Combined Nomenclature",
            });
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for CnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::CnCode;

    #[test]
    fn spellings() {
        for text in ["2618 00 00", "2618.00.00", "26180000"] {
            assert_eq!(
                text.parse::<CnCode>().map(|code| code.to_string()),
                Ok("26180000".into())
            );
        }
        for bad in ["", "261", "0018", "7701", "26x8", "261800000"] {
            assert!(bad.parse::<CnCode>().is_err(), "{bad}");
        }
    }
}
