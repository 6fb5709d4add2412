//! What has been decoded and reconciled once is kept for the next question. Everything here is immutable
//! content under a key that names it, so nothing can go stale.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use greenheart_account::articles::Suggestion;
use greenheart_account::{GoalReport, MemberBooks, MemberCoverage, MemberSums, OpenGoods, Reconciled};
use greenheart_ledger::PartialSums;
use greenheart_model::{BatchId, Date, FactorSet, GwpSet, MemberId};

use crate::change::{Explained, ExplainedKey};
use crate::completeness::Told;
use crate::consolidate::{Account, Qualities};
use crate::figures::{GoalKey, InventoryKey};
use crate::standing::{Directory, Shelf};
use crate::{AppError, FlowsView, GoalsView, InventoryAnswer, ProductLine};

use crate::posted::{Freight, Lines};
use crate::rests::{Doubts, OwnRests, RestsKey};

/// Snapshots whose reconciliation is kept.
const KEPT: usize = 4;
/// Sets of batches of one member whose reconciliation is kept.
const KEPT_OF_MEMBER: usize = 2;
/// Books of one member that are kept: two states of its sums under two GWP sets.
const KEPT_BOOKS: usize = 4;

/// The visible batches of a member and their generations: what its reconciled sums follow from.
pub(crate) type MemberBatches = Vec<(BatchId, i64)>;

/// A thing computed once for a key, and kept while few others are asked for.
pub(crate) struct Memo<K, V> {
    kept: Mutex<VecDeque<(K, Arc<V>)>>,
    turn: tokio::sync::Mutex<()>,
    most: usize,
}

impl<K: PartialEq, V> Memo<K, V> {
    const fn of_at_most(most: usize) -> Self {
        Self {
            kept: Mutex::new(VecDeque::new()),
            turn: tokio::sync::Mutex::const_new(()),
            most,
        }
    }

    /// The thing of `key`; `make` makes it when it is not there. Whoever asks for it meanwhile waits for the one maker.
    pub(crate) async fn of(&self, key: K, make: impl Future<Output = Result<V, AppError>>) -> Result<Arc<V>, AppError> {
        if let Some(kept) = self.kept(&key) {
            return Ok(kept);
        }
        let _turn = self.turn.lock().await;
        if let Some(kept) = self.kept(&key) {
            return Ok(kept);
        }
        let made = Arc::new(Box::pin(make).await?);
        let mut all = locked(&self.kept);
        all.push_front((key, Arc::clone(&made)));
        all.truncate(self.most);
        Ok(made)
    }

    fn kept(&self, key: &K) -> Option<Arc<V>> {
        let mut all = locked(&self.kept);
        let at = all.iter().position(|(known, _)| known == key)?;
        let found = all.remove(at)?;
        let kept = Arc::clone(&found.1);
        all.push_front(found);
        Some(kept)
    }
}

/// Snapshot, generation, digest of the choices, year.
pub(crate) type AccountKey = (i64, i64, String, i16);

pub(crate) struct Cache {
    /// By generation.
    pub(crate) directory: Memo<i64, Directory>,
    pub(crate) goals: Memo<GoalKey, GoalsView>,
    /// By generation.
    pub(crate) released: Memo<i64, GoalsView>,
    /// By snapshot, generation and digest of the choices.
    pub(crate) reports: Memo<(i64, i64, String), GoalReport>,
    pub(crate) open_goods: Memo<AccountKey, OpenGoods>,
    pub(crate) inventories: Memo<InventoryKey, InventoryAnswer>,
    pub(crate) accounts: Memo<AccountKey, Account>,
    pub(crate) products: Memo<AccountKey, Vec<ProductLine>>,
    pub(crate) qualities: Memo<AccountKey, Qualities>,
    pub(crate) factors: Memo<String, FactorSet>,
    /// By the versions of all sets.
    pub(crate) doubts: Memo<Vec<String>, Doubts>,
    /// Postings by snapshot.
    pub(crate) visible: Memo<i64, Vec<(BatchId, MemberId, i64)>>,
    /// Until when batches stand as estimates, by generation.
    pub(crate) estimates: Memo<i64, BTreeMap<BatchId, Date>>,
    pub(crate) changes: Memo<ExplainedKey, Explained>,
    /// Articles of a member that count as nothing yet: by member, the batches they are read from, version of the register.
    pub(crate) suggestions: Memo<(MemberId, Vec<BatchId>, i64), Vec<Suggestion>>,
    pub(crate) flows: Memo<(i64, i16, Option<MemberId>), FlowsView>,
    /// By snapshot, generation and the estimates that have run out.
    pub(crate) coverage: Memo<(i64, i64, BTreeSet<BatchId>), Vec<MemberCoverage>>,
    /// By snapshot.
    pub(crate) told: Memo<i64, Told>,
    shelf: Mutex<Option<Arc<Shelf>>>,
    pub(crate) shelf_turn: tokio::sync::Mutex<()>,
    /// Digests of choices that the catalogue has.
    choices: Mutex<BTreeSet<String>>,
    sums: Mutex<BTreeMap<(BatchId, i64), Arc<PartialSums>>>,
    reconciled: Mutex<BTreeMap<i64, Arc<Reconciled>>>,
    members: Mutex<BTreeMap<MemberId, VecDeque<MemberState>>>,
    books: Mutex<BTreeMap<MemberId, VecDeque<KeptBooks>>>,
    rests: Mutex<BTreeMap<RestsKey, KeptRests>>,
    lines: Mutex<BTreeMap<(BatchId, i64), Lines>>,
    freight: Mutex<BTreeMap<BatchId, Freight>>,
}

type MemberState = (MemberBatches, Arc<MemberSums>);

/// What a member's lines rest on, with the postings and factors it follows from.
struct KeptRests {
    postings: MemberBatches,
    doubts: Arc<Doubts>,
    rests: Arc<OwnRests>,
}

/// Books of a member with what they follow from: its sums, the directory's generation, which draws the boundary, and the GWP set.
struct KeptBooks {
    sums: Arc<MemberSums>,
    generation: i64,
    gwp: GwpSet,
    books: Arc<MemberBooks>,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            directory: Memo::of_at_most(2),
            goals: Memo::of_at_most(8),
            released: Memo::of_at_most(2),
            reports: Memo::of_at_most(8),
            open_goods: Memo::of_at_most(8),
            inventories: Memo::of_at_most(256),
            accounts: Memo::of_at_most(8),
            products: Memo::of_at_most(8),
            qualities: Memo::of_at_most(8),
            factors: Memo::of_at_most(8),
            doubts: Memo::of_at_most(1),
            visible: Memo::of_at_most(4),
            estimates: Memo::of_at_most(2),
            changes: Memo::of_at_most(32),
            suggestions: Memo::of_at_most(80),
            flows: Memo::of_at_most(32),
            coverage: Memo::of_at_most(4),
            told: Memo::of_at_most(2),
            shelf: Mutex::default(),
            shelf_turn: tokio::sync::Mutex::default(),
            choices: Mutex::default(),
            sums: Mutex::default(),
            reconciled: Mutex::default(),
            members: Mutex::default(),
            books: Mutex::default(),
            rests: Mutex::default(),
            lines: Mutex::default(),
            freight: Mutex::default(),
        }
    }
}

impl Cache {
    pub(crate) fn shelf(&self) -> Option<Arc<Shelf>> {
        locked(&self.shelf).clone()
    }

    pub(crate) fn keep_shelf(&self, shelf: Arc<Shelf>) {
        *locked(&self.shelf) = Some(shelf);
    }

    pub(crate) fn has_choices(&self, digest: &str) -> bool {
        locked(&self.choices).contains(digest)
    }

    pub(crate) fn keep_choices(&self, digest: &str) {
        locked(&self.choices).insert(digest.to_owned());
    }

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

    /// What a member's lines rest on, while these postings and factors stand.
    pub(crate) fn rests(
        &self,
        key: &RestsKey,
        postings: &MemberBatches,
        doubts: &Arc<Doubts>,
    ) -> Option<Arc<OwnRests>> {
        let all = locked(&self.rests);
        let kept = all.get(key)?;
        let stands = kept.postings == *postings && Arc::ptr_eq(&kept.doubts, doubts);
        stands.then(|| Arc::clone(&kept.rests))
    }

    pub(crate) fn keep_rests(&self, key: RestsKey, postings: MemberBatches, doubts: Arc<Doubts>, rests: Arc<OwnRests>) {
        let kept = KeptRests {
            postings,
            doubts,
            rests,
        };
        locked(&self.rests).insert(key, kept);
    }

    /// The books of these sums inside the boundary of a generation.
    pub(crate) fn books(&self, sums: &Arc<MemberSums>, generation: i64, gwp: GwpSet) -> Option<Arc<MemberBooks>> {
        let all = locked(&self.books);
        let is_it =
            |kept: &&KeptBooks| Arc::ptr_eq(&kept.sums, sums) && (kept.generation, kept.gwp) == (generation, gwp);
        let kept = all.get(&sums.member)?.iter().find(is_it)?;
        Some(Arc::clone(&kept.books))
    }

    pub(crate) fn keep_books(&self, sums: &Arc<MemberSums>, generation: i64, gwp: GwpSet, books: Arc<MemberBooks>) {
        let mut all = locked(&self.books);
        let kept = all.entry(sums.member.clone()).or_default();
        kept.push_front(KeptBooks {
            sums: Arc::clone(sums),
            generation,
            gwp,
            books,
        });
        kept.truncate(KEPT_BOOKS);
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
