//! What has been decoded and reconciled once is kept for the next question. Everything here is immutable
//! content under a key that names it, so nothing can go stale.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use greenheart_account::Reconciled;
use greenheart_ledger::PartialSums;
use greenheart_model::BatchId;

/// Snapshots whose reconciliation is kept.
const KEPT: usize = 4;

#[derive(Default)]
pub(crate) struct Cache {
    sums: Mutex<BTreeMap<(BatchId, i64), Arc<PartialSums>>>,
    reconciled: Mutex<BTreeMap<i64, Arc<Reconciled>>>,
}

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
}

/// The lock, also after a panic elsewhere: what lies behind it is replaced as a whole, never half changed.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
