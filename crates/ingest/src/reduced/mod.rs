//! Accounts reduced on the company's own machine: account by month by counterparty, and a counterparty only where it is
//! a member of the cluster.
//!
//! For: [`Reducer`], a sink for [`crate::saft`] that keeps what the account of the cluster needs and counts what it drops;
//! [`write()`], one row for each thing that would leave; and [`read`], which takes that file in like any other. Revenue
//! and spend by account and month are those of the full file, to the øre.
//! Not for: deciding who is a member; the caller knows.

mod findings;
mod text;

use std::collections::BTreeMap;

use greenheart_model::{
    AccountRef, Activity, ActivityKind, Counterparty, Coverage, FindingLog, ItemClass, Month, OrgNo, TaxCode, Text,
};
use greenheart_units::{Amount, Currency};
use serde::{Deserialize, Serialize};

use crate::{Limits, Sink, Stopped, Summary};

pub use findings::FINDINGS;
pub use text::{looks_like, peek, read, write};

/// Name of this reader, in batches.
pub const IMPORTER: &str = "reduced";
/// Its version.
pub const VERSION: u32 = 1;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose file it must be.
    pub expected_org: Option<OrgNo>,
}

/// What one row of the reduced file is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReducedKey {
    /// Month of the bookings.
    pub month: Month,
    /// The company's own account.
    pub account: Text,
    /// Its grouping category, or empty.
    pub grouping_category: Text,
    /// Its grouping code, or empty.
    pub grouping_code: Text,
    /// What the account holds.
    pub kind: ActivityKind,
    /// Its class.
    pub class: ItemClass,
    /// Its item.
    pub item: Text,
    /// Standard tax code: 52 is sale abroad, 81 to 89 are purchases from abroad.
    pub tax_code: Option<TaxCode>,
    /// The other side, where it is a member of the cluster.
    pub counterparty: Option<OrgNo>,
    /// Country of the other side, where the books state it.
    pub country: Option<Text>,
    /// Several suppliers stood behind one cost line.
    pub ambiguous_split: bool,
    /// Currency of the amount.
    pub currency: Currency,
}

/// One row of the reduced file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReducedRow {
    /// What it is of.
    #[serde(flatten)]
    pub key: ReducedKey,
    /// Journal lines behind it.
    pub lines: u64,
    /// Their sum without VAT; costs and revenue both positive, credits negative.
    pub amount: Amount,
}

/// What stays on the machine, in journal lines that had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dropped {
    /// Names of customers and suppliers.
    pub names: u64,
    /// The company's own numbers of customers and suppliers.
    pub numbers: u64,
    /// Organisation numbers of others than members.
    pub organisation_numbers: u64,
    /// Days of the bookings; the month is kept.
    pub days: u64,
}

/// A reduced accounting file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reduced {
    /// Whose.
    pub member: Option<OrgNo>,
    /// What the full file covers.
    pub coverage: Vec<Coverage>,
    /// What leaves, in order.
    pub rows: Vec<ReducedRow>,
    /// Journal lines read.
    pub lines: u64,
    /// What does not leave.
    pub dropped: Dropped,
    /// What was noticed in the full file. It may quote it, and so stays on the machine.
    #[serde(skip)]
    pub findings: FindingLog,
}

/// Takes the rows of an accounting file and keeps their sums.
pub struct Reducer<'a> {
    /// The number of a counterparty that is a member.
    member_of: &'a dyn Fn(&Counterparty) -> Option<OrgNo>,
    rows: BTreeMap<ReducedKey, (u64, Amount)>,
    lines: u64,
    dropped: Dropped,
    findings: FindingLog,
}

impl<'a> Reducer<'a> {
    /// Nothing read yet; `member_of` says which counterparties are members.
    pub fn new(member_of: &'a dyn Fn(&Counterparty) -> Option<OrgNo>) -> Self {
        Self {
            member_of,
            rows: BTreeMap::new(),
            lines: 0,
            dropped: Dropped::default(),
            findings: FindingLog::default(),
        }
    }

    /// What was read.
    pub fn finish(self, summary: Summary) -> Reduced {
        let rows = self
            .rows
            .into_iter()
            .map(|(key, (lines, amount))| ReducedRow { key, lines, amount });
        Reduced {
            member: summary.org_no,
            coverage: summary.coverage,
            rows: rows.collect(),
            lines: self.lines,
            dropped: self.dropped,
            findings: self.findings,
        }
    }

    fn key(&mut self, activity: &Activity) -> ReducedKey {
        let account = activity.account.clone().unwrap_or_else(|| AccountRef {
            id: "".into(),
            grouping_category: "".into(),
            grouping_code: "".into(),
        });
        let other = activity.counterparty.as_ref();
        let member = other.and_then(|other| (self.member_of)(other));
        if let Some(other) = other {
            self.dropped.names += u64::from(other.name.is_some());
            self.dropped.numbers += u64::from(other.local_id.is_some());
            self.dropped.organisation_numbers += u64::from(other.org_no.is_some() && member.is_none());
        }
        self.dropped.days += u64::from(activity.period.from() == activity.period.to());
        ReducedKey {
            month: activity.period.booking_month(),
            account: account.id,
            grouping_category: account.grouping_category,
            grouping_code: account.grouping_code,
            kind: activity.kind,
            class: activity.class,
            item: activity.item.clone(),
            tax_code: activity.tax_code.clone(),
            counterparty: member,
            country: other.and_then(|other| other.country.clone()),
            ambiguous_split: activity.ambiguous_split,
            currency: activity.currency,
        }
    }
}

impl Sink for Reducer<'_> {
    fn activity(&mut self, activity: Activity) -> Result<(), Stopped> {
        self.lines += 1;
        let key = self.key(&activity);
        let slot = self.rows.entry(key).or_default();
        slot.0 += 1;
        // A sum beyond all money is no accounting; the reader of the file checks its totals.
        slot.1 = slot
            .1
            .checked_add(activity.amount.unwrap_or_default())
            .map_err(|_| Stopped)?;
        Ok(())
    }

    fn finding(&mut self, finding: greenheart_model::Finding) {
        self.findings.push(finding);
    }

    fn progress(&mut self, _bytes_read: u64) -> Result<(), Stopped> {
        Ok(())
    }
}
