//! What has been decoded and reconciled once is kept for the next question. Everything here is immutable
//! content under a key that names it, so nothing can go stale.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use greenheart_account::{MemberSums, Reconciled};
use greenheart_ledger::PartialSums;
use greenheart_model::{BatchId, MemberId};

use crate::posted::{Freight, Lines};

/// Snapshots whose reconciliation is kept.
const KEPT: usize = 4;
/// Sets of batches of one member whose reconciliation is kept.
const KEPT_OF_MEMBER: usize = 2;

/// The visible batches of a member and their generations: what its reconciled sums follow from.
pub(crate) type MemberBatches = Vec<(BatchId, i64)>;

#[derive(Default)]
pub(crate) struct Cache {
    sums: Mutex<BTreeMap<(BatchId, i64), Arc<PartialSums>>>,
    reconciled: Mutex<BTreeMap<i64, Arc<Reconciled>>>,
    members: Mutex<BTreeMap<MemberId, VecDeque<MemberState>>>,
    lines: Mutex<BTreeMap<(BatchId, i64), Lines>>,
    freight: Mutex<BTreeMap<BatchId, Freight>>,
}

type MemberState = (MemberBatches, Arc<MemberSums>);

impl Cache {
    pub(crate) fn sums(&self, batch: &BatchId, generation: i64) -> Option<Arc<PartialSums>> {
        locked(&self.sums).get(&(batch.clone(), generation)).cloned()
    }

    pub(crate) fn keep_sums(&self, batch: &BatchId, generation: i64, sums: Arc<PartialSums>) {
        locked(&self.sums).insert((batch.clone(), generation), sums);
    }

    pub(crate) fn reconciled(&self, seq: i64) -> Option<Arc<Reconciled>> {
        locked(&self.reconciled).get(&seq).cloned()
    }

    pub(crate) fn keep_reconciled(&self, seq: i64, reconciled: Arc<Reconciled>) {
        let mut kept = locked(&self.reconciled);
        kept.insert(seq, reconciled);
        while kept.len() > KEPT {
            kept.pop_first();
        }
    }

    pub(crate) fn lines(&self, posting: &(BatchId, i64)) -> Option<Lines> {
        locked(&self.lines).get(posting).cloned()
    }

    pub(crate) fn keep_lines(&self, posting: (BatchId, i64), lines: Lines) {
        locked(&self.lines).insert(posting, lines);
    }

    pub(crate) fn freight(&self, batch: &BatchId) -> Option<Freight> {
        locked(&self.freight).get(batch).cloned()
    }

    pub(crate) fn keep_freight(&self, batch: BatchId, freight: Freight) {
        locked(&self.freight).insert(batch, freight);
    }

    /// The reconciled sums of a member with these batches.
    pub(crate) fn member(&self, member: &MemberId, batches: &MemberBatches) -> Option<Arc<MemberSums>> {
        let members = locked(&self.members);
        let states = members.get(member)?;
        let state = states.iter().find(|(kept, _)| kept == batches)?;
        Some(state.1.clone())
    }

    pub(crate) fn keep_member(&self, batches: MemberBatches, sums: Arc<MemberSums>) {
        let mut members = locked(&self.members);
        let states = members.entry(sums.member.clone()).or_default();
        states.push_front((batches, sums));
        states.truncate(KEPT_OF_MEMBER);
    }
}

/// The lock, also after a panic elsewhere: what lies behind it is replaced as a whole, never half changed.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
