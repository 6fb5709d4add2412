//! Why a number is what it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{BatchId, FactorId};

/// What can be asked `why`. Every command prints these beside its figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ref {
    /// A computed figure, by the hash of its definition.
    Figure(String),
    /// One activity and the entries made of it: batch and row.
    Row(BatchId, u64),
    /// A batch.
    Batch(BatchId),
    /// A factor.
    Factor(FactorId),
}

/// The text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reference; references begin with `fig:`, `row:`, `batch:` or `factor:`")]
pub struct RefError(String);

impl FromStr for Ref {
    type Err = RefError;
    fn from_str(text: &str) -> Result<Self, RefError> {
        let error = || RefError(text.to_owned());
        match text.split_once(':').ok_or_else(error)? {
            ("fig", hash) if !hash.is_empty() => Ok(Self::Figure(hash.to_owned())),
            ("batch", id) if !id.is_empty() => Ok(Self::Batch(BatchId::new(id))),
            ("factor", id) if !id.is_empty() => Ok(Self::Factor(FactorId::new(id))),
            ("row", rest) => {
                let (batch, row) = rest.rsplit_once('/').ok_or_else(error)?;
                Ok(Self::Row(BatchId::new(batch), row.parse().map_err(|_| error())?))
            }
            _ => Err(error()),
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure(hash) => write!(f, "fig:{hash}"),
            Self::Row(batch, row) => write!(f, "row:{batch}/{row}"),
            Self::Batch(batch) => write!(f, "batch:{batch}"),
            Self::Factor(factor) => write!(f, "factor:{factor}"),
        }
    }
}

impl Serialize for Ref {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A step of a derivation: a term of the figure, in words, with its value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What the term is.
    pub label: String,
    /// Its value, as text with its unit.
    pub value: String,
    /// Where to look next.
    pub refs: Vec<Ref>,
}

/// The rule behind a figure and the terms that went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// Rule and version, such as `goal.co2e@1`.
    pub rule: String,
    /// What the rule says, in a sentence.
    pub says: String,
    /// Where the rule comes from.
    pub source: String,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Which rows: `key=value` pairs.
    pub filter: Vec<(String, String)>,
    /// Terms in the order in which they combine.
    pub steps: Vec<Step>,
    /// How the result was rounded.
    pub rounding: String,
}

/// A value and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived<T> {
    /// The value.
    pub value: T,
    /// Why.
    pub why: Derivation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_round_trip() {
        for text in ["fig:1a2b", "row:b-77/12", "batch:b-77", "factor:elec-no-2023"] {
            assert_eq!(text.parse::<Ref>().map(|r| r.to_string()), Ok(text.to_owned()));
        }
        for bad in ["", "fig:", "row:b", "row:b/x", "entry:1", "batch:"] {
            assert!(bad.parse::<Ref>().is_err(), "{bad}");
        }
    }
}
