//! Letting the better evidence explain the spend on the same thing.

use greenheart_model::{FindingLog, SumKey, SumValues};
use greenheart_units::{Amount, DecimalError};

/// Sums after reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// What counts, by key: distinct keys in their order.
    pub sums: Vec<(SumKey, SumValues)>,
    /// What was taken out of spend, and why. `sums` plus `displaced` is what came in, exactly.
    pub displaced: Vec<Displaced>,
    /// `reconcile.*`.
    pub findings: FindingLog,
}

/// A part of spend that better evidence explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displaced {
    /// The spend it was taken from.
    pub key: SumKey,
    /// What was taken out.
    pub values: SumValues,
    /// NOK that the better evidence states for this member, class and month; `None` when it states
    /// none (or not for every row) and explains all of it.
    pub evidence_nok: Option<Amount>,
}

/// Reconciles partial sums of a snapshot (rule `reconcile@1`).
///
/// Per member, class and month: where the better evidence states NOK for all its rows, spend keeps only
/// the unexplained rest, scaled in proportion; where it does not, it explains all spend of that class
/// and month.
///
/// # Errors
/// Overflow of a sum.
pub fn reconcile(sums: &[(SumKey, SumValues)]) -> Result<Reconciled, DecimalError> {
    let _ = sums;
    unimplemented!()
}
