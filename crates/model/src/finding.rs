//! What was noticed while reading messy data. Work returns a value and findings, not a bare error.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::activity::named_enum;

named_enum!(
    /// How much a finding matters.
    Severity {
        /// Good to know.
        Note => "note",
        /// Some rows are missing from the result or rest on an assumption.
        Warning => "warning",
        /// The input cannot be relied on at all.
        Error => "error",
    }
);

named_enum!(
    /// Whether a result can be relied on. Only `Complete` is sealed, reported or sent to a partner.
    Status {
        /// Everything was understood.
        Complete => "complete",
        /// Something is missing; what is there holds.
        Partial => "partial",
        /// Nothing may be used.
        Blocked => "blocked",
    }
);

/// Where in the input something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Place {
    /// File name, without folders.
    pub file: Text,
    /// Line or row, from 1; 0 when the file as a whole is meant.
    pub row: u64,
    /// Column, element or field; empty when the row as a whole is meant.
    pub field: Text,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.row > 0 {
            write!(f, ":{}", self.row)?;
        }
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        Ok(())
    }
}

/// One thing noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `saft.control_total`. Documented in `docs/guide/findings.md`.
    pub code: Text,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The particulars: what stood there, what was expected. English; pages translate by `code`.
    pub detail: String,
}

/// Findings by code: the first hundred of each, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FindingLog {
    kept: BTreeMap<Text, Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    count: u64,
    severity: Severity,
    first: Vec<Finding>,
}

impl FindingLog {
    /// How many findings of one code are kept in full.
    pub const KEPT_PER_CODE: usize = 100;

    /// Notes a finding.
    pub fn push(&mut self, finding: Finding) {
        let kept = self.kept.entry(finding.code.clone()).or_insert_with(|| Kept {
            count: 0,
            severity: finding.severity,
            first: Vec::new(),
        });
        kept.count += 1;
        kept.severity = kept.severity.max(finding.severity);
        if kept.first.len() < Self::KEPT_PER_CODE {
            kept.first.push(finding);
        }
    }

    /// Counts one more of `code` where enough of them are kept in full; false where the finding itself is wanted.
    pub fn again(&mut self, code: &str) -> bool {
        match self.kept.get_mut(code) {
            Some(kept) if kept.first.len() >= Self::KEPT_PER_CODE => {
                kept.count += 1;
                true
            }
            _ => false,
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: Self) {
        for (code, theirs) in other.kept {
            let kept = self.kept.entry(code).or_insert_with(|| Kept {
                count: 0,
                severity: theirs.severity,
                first: Vec::new(),
            });
            kept.count += theirs.count;
            kept.severity = kept.severity.max(theirs.severity);
            let room = Self::KEPT_PER_CODE.saturating_sub(kept.first.len());
            kept.first.extend(theirs.first.into_iter().take(room));
        }
    }

    /// Names the file of findings that do not: for a log that is of one file.
    pub fn name_file(&mut self, file: &Text) {
        let findings = self.kept.values_mut().flat_map(|kept| &mut kept.first);
        for finding in findings.filter(|finding| finding.place.file.is_empty()) {
            finding.place.file = Text::clone(file);
        }
    }

    /// Codes with their count and worst severity, by code.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64, Severity)> {
        self.kept
            .iter()
            .map(|(code, kept)| (&**code, kept.count, kept.severity))
    }

    /// How often `code` was found.
    pub fn count(&self, code: &str) -> u64 {
        self.kept.get(code).map_or(0, |kept| kept.count)
    }

    /// The findings kept in full, by code and then in the order found.
    pub fn kept(&self) -> impl Iterator<Item = &Finding> {
        self.kept.values().flat_map(|kept| &kept.first)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The worst severity decides: an error blocks, a warning makes partial.
    pub fn status(&self) -> Status {
        match self.kept.values().map(|kept| kept.severity).max() {
            Some(Severity::Error) => Status::Blocked,
            Some(Severity::Warning) => Status::Partial,
            Some(Severity::Note) | None => Status::Complete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, severity: Severity, row: u64) -> Finding {
        let place = Place {
            file: "a.csv".into(),
            row,
            field: "unit".into(),
        };
        Finding {
            code: code.into(),
            severity,
            place,
            detail: String::new(),
        }
    }

    #[test]
    fn keeps_the_first_hundred_and_counts_all() {
        let mut log = FindingLog::default();
        assert_eq!(log.status(), Status::Complete);
        for row in 1..=250 {
            log.push(finding("table.unit_unknown", Severity::Warning, row));
        }
        assert_eq!(log.count("table.unit_unknown"), 250);
        assert_eq!(log.kept().count(), 100);
        assert_eq!(
            log.kept().next().map(|f| f.place.to_string()),
            Some("a.csv:1 unit".into())
        );
        assert_eq!(log.status(), Status::Partial);
        let mut other = FindingLog::default();
        other.push(finding("saft.truncated", Severity::Error, 0));
        other.push(finding("table.unit_unknown", Severity::Note, 1));
        log.merge(other);
        assert_eq!(log.status(), Status::Blocked);
        assert_eq!(log.count("table.unit_unknown"), 251);
        assert_eq!(log.kept().count(), 101);
    }
}
