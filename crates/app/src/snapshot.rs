//! A snapshot: the visible set of batches at one point of the journal, and the sums over it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_account::{MemberCoverage, Reconciled, reconcile_member};
use greenheart_ledger::{PartialSums, Sources};
use greenheart_model::{BatchId, MemberId};

use crate::cache::MemberBatches;
use crate::{App, AppError};

/// What counted at one point.
pub(crate) struct Snapshot {
    /// Number of the journal record.
    pub seq: i64,
    /// Its sums, reconciled.
    pub reconciled: Arc<Reconciled>,
}

impl Snapshot {
    /// Name, as printed.
    pub(crate) fn name(&self) -> String {
        format!("s{}", self.seq)
    }
}

impl App {
    /// The snapshot at `seq`, or today's.
    pub(crate) async fn snapshot(&self, seq: Option<i64>) -> Result<Snapshot, AppError> {
        let now = self.standing().await?;
        let seq = seq.unwrap_or_else(|| self.shown_seq(now));
        if seq < 0 || seq > now.seq {
            return Err(AppError::NotFound {
                what: "snapshot",
                id: format!("s{seq}"),
            });
        }
        if let Some(reconciled) = self.cache.reconciled(seq) {
            return Ok(Snapshot { seq, reconciled });
        }
        let reconciled = Arc::new(self.reconciled_at(seq).await?);
        self.cache.keep_reconciled(seq, Arc::clone(&reconciled));
        Ok(Snapshot { seq, reconciled })
    }

    /// Sums over everything that counted at `seq`, reconciled: the work of the members that changed since the
    /// last question.
    async fn reconciled_at(&self, seq: i64) -> Result<Reconciled, AppError> {
        let keys = Box::pin(self.visible_keys(seq)).await?;
        let mut by_member: BTreeMap<MemberId, MemberBatches> = BTreeMap::new();
        for (batch, member, generation) in keys.iter() {
            let own = by_member.entry(member.clone()).or_default();
            own.push((batch.clone(), *generation));
        }
        for own in by_member.values_mut() {
            own.sort_unstable();
        }
        let mut parts = Vec::with_capacity(by_member.len());
        let mut changed = Vec::new();
        for (member, batches) in by_member {
            match self.cache.member(&member, &batches) {
                Some(kept) => parts.push(kept),
                None => changed.push((member, batches)),
            }
        }
        let cold = changed
            .iter()
            .flat_map(|(_, batches)| batches)
            .filter(|(batch, generation)| self.cache.sums(batch, *generation).is_none())
            .count();
        if cold > 16 {
            self.warm(seq, &keys).await?;
        }
        for (member, batches) in changed {
            let mut own = Vec::with_capacity(batches.len());
            for (batch, generation) in &batches {
                own.push(self.sums_of(batch, *generation).await?);
            }
            let sums = PartialSums::sum(own.iter().map(Arc::as_ref))?;
            let reconciled = Arc::new(reconcile_member(member, sums)?);
            parts.push(Arc::clone(&reconciled));
            self.cache.keep_member(batches, reconciled);
        }
        Ok(Reconciled::new(parts))
    }

    /// Decodes all sums of a snapshot with one query.
    async fn warm(&self, seq: i64, keys: &[(BatchId, MemberId, i64)]) -> Result<(), AppError> {
        for (id, bytes) in self.store.sums(seq).await? {
            if let Ok(at) = keys.binary_search_by(|(batch, ..)| batch.cmp(&id)) {
                let (batch, _, generation) = &keys[at];
                self.cache
                    .keep_sums(batch, *generation, Arc::new(PartialSums::decode(&bytes)?));
            }
        }
        Ok(())
    }

    /// Postings that counted at `seq`, by batch.
    pub(crate) async fn visible_keys(&self, seq: i64) -> Result<Arc<Vec<(BatchId, MemberId, i64)>>, AppError> {
        let read = async { Ok(self.store.visible_keys(seq).await?) };
        self.cache.visible.of(seq, read).await
    }

    /// Sums of one posting.
    pub(crate) async fn sums_of(&self, batch: &BatchId, generation: i64) -> Result<Arc<PartialSums>, AppError> {
        if let Some(sums) = self.cache.sums(batch, generation) {
            return Ok(sums);
        }
        let bytes = self.store.sums_of(batch, generation).await?;
        let bytes = bytes.ok_or_else(|| AppError::Damaged(format!("the sums of batch `{batch}` are missing")))?;
        let sums = Arc::new(PartialSums::decode(&bytes)?);
        self.cache.keep_sums(batch, generation, Arc::clone(&sums));
        Ok(sums)
    }

    /// What each member had told completely at `seq`, without the estimates that have run out.
    pub(crate) async fn coverage(
        &self,
        seq: i64,
        expired: &BTreeSet<BatchId>,
    ) -> Result<Arc<Vec<MemberCoverage>>, AppError> {
        let generation = self.standing().await?.generation;
        let told = async {
            let shelf = self.shelf().await?;
            let mut all = Vec::new();
            for batch in shelf.visible_at(seq).filter(|batch| !expired.contains(&batch.id)) {
                all.extend(batch.coverage.iter().map(|coverage| MemberCoverage {
                    member: batch.member.clone(),
                    kind: coverage.kind,
                    period: coverage.period,
                }));
            }
            Ok(all)
        };
        let key = (seq, generation, expired.clone());
        self.cache.coverage.of(key, Box::pin(told)).await
    }

    /// Where the rows of these batches lie: activities (`kind` of generation 0) or entries.
    pub(crate) async fn sources(
        &self,
        kind: greenheart_ledger::Kind,
        wanted: &[(BatchId, i64)],
    ) -> Result<Sources, AppError> {
        let holds = |batch: &BatchId, generation: i64| wanted.iter().any(|(id, g)| id == batch && *g == generation);
        let mut sources = Sources {
            visible: wanted.to_vec(),
            ..Sources::default()
        };
        for segment in self.store.segments().await? {
            let needed = segment
                .batches
                .iter()
                .any(|(batch, generation, _)| holds(batch, *generation));
            if segment.kind == kind.name() && needed {
                sources.segments.push(segment.file_name);
            }
        }
        for chunk in self.store.tail().await? {
            if chunk.kind != kind.name() || !holds(&chunk.batch, chunk.generation) {
                continue;
            }
            // A chunk that is gone by now was flushed to a segment; reading again finds it there.
            if let Some(payload) = self.store.tail_payload(&chunk).await? {
                sources.tail.push(payload);
            }
        }
        Ok(sources)
    }
}
