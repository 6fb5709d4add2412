//! Import sets and the files they came from.

use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::activity::named_enum;
use crate::{ActivityKind, BatchId, FileId, FindingLog, MemberId, Period, Status};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

named_enum!(
    /// What a batch claims to tell completely about its period.
    CoverageKind {
        /// The books: revenue and spend.
        Accounts => "accounts",
        /// Power, heat and fuel.
        Energy => "energy",
        /// Refrigerants and process emissions.
        DirectEmissions => "direct_emissions",
        /// Bought freight.
        Transport => "transport",
        /// Waste.
        Waste => "waste",
        /// Material input and product output.
        Materials => "materials",
        /// Travel and commuting.
        Travel => "travel",
        /// Removals.
        Removals => "removals",
    }
);

/// A file as one member handed it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Identifier: derived from the member and the bytes.
    pub id: FileId,
    /// Whose.
    pub member: MemberId,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// Name it had, without folders.
    pub name: String,
    /// Address in the member's vault.
    pub vault_address: String,
}

/// What a batch says completely: this kind of fact for this period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    /// What.
    pub kind: CoverageKind,
    /// When.
    pub period: Period,
}

/// A total that the file states itself, beside the one computed from its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlTotal {
    /// What is totalled, such as `total_debit`.
    pub name: String,
    /// As the file states it; `None` when it does not.
    pub stated: Option<Amount>,
    /// As summed from the rows.
    pub computed: Amount,
}

impl Batch {
    /// Whether both tell the same kind of thing about the same time: one of them must give way, or both
    /// must be wanted.
    pub fn overlaps(&self, other: &Self) -> bool {
        let same_claim = |one: &Coverage| {
            let meets = |two: &Coverage| one.kind == two.kind && one.period.overlaps(two.period);
            other.coverage.iter().any(meets)
        };
        self.member == other.member
            && self
                .kinds
                .iter()
                .any(|kind| *kind != ActivityKind::OtherPosting && other.kinds.contains(kind))
            && self.coverage.iter().any(same_claim)
    }
}

impl ControlTotal {
    /// Whether the file agrees with itself.
    pub fn holds(&self) -> bool {
        self.stated.is_none_or(|stated| stated == self.computed)
    }
}

/// One import set: the unit of superseding and withdrawing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Identifier: derived from member, contents, importer and mapping.
    pub id: BatchId,
    /// Whose.
    pub member: MemberId,
    /// Files, in the order that rows refer to.
    pub files: Vec<FileId>,
    /// Importer, such as `saft`.
    pub importer: String,
    /// Its version.
    pub importer_version: u32,
    /// Mapping used, with version, such as `energy@2`; empty when none.
    pub mapping: String,
    /// What it covers.
    pub coverage: Vec<Coverage>,
    /// Kinds of activity that stand in it: two batches overlap when they cover the same with the same kinds.
    pub kinds: BTreeSet<ActivityKind>,
    /// Rows.
    pub rows: u64,
    /// Totals.
    pub control_totals: Vec<ControlTotal>,
    /// What was found.
    pub findings: FindingLog,
    /// Whether it can be relied on.
    pub status: Status,
}
