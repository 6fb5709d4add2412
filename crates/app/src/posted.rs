//! What one posting says about factors and freight, kept once it was asked for: a new batch costs a look at its own rows
//! alone. Rows of a posting never change, so nothing kept can go stale.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_ledger::{FreightWork, Kind, LineFactor};
use greenheart_model::{BatchId, ItemClass, MemberId};
use greenheart_units::Amount;

use crate::snapshot::Snapshot;
use crate::{App, AppError};

/// Which factors the lines of a posting rest on.
pub(crate) type Lines = Arc<Vec<LineFactor>>;
/// Freight work of a batch.
pub(crate) type Freight = Arc<Vec<FreightWork>>;

/// What the visible postings of a member say.
pub(crate) struct Posted {
    pub(crate) member: MemberId,
    pub(crate) postings: Vec<(BatchId, i64)>,
    pub(crate) lines: Vec<Lines>,
}

impl App {
    /// Which factors the lines of each visible posting rest on, by member.
    pub(crate) async fn line_factors(
        &self,
        snapshot: &Snapshot,
        members: Option<&BTreeSet<MemberId>>,
    ) -> Result<Vec<Posted>, AppError> {
        let wanted = self.postings_of(snapshot, members).await?;
        let unknown: Vec<(BatchId, i64)> = wanted
            .iter()
            .map(|(batch, _, generation)| (batch.clone(), *generation))
            .filter(|posting| self.cache.lines(posting).is_none())
            .collect();
        if !unknown.is_empty() {
            let sources = self.sources(Kind::Entries, &unknown).await?;
            // A posting without lines in the scopes is known too, as empty.
            let mut found: BTreeMap<(BatchId, i64), Vec<LineFactor>> =
                unknown.into_iter().map(|posting| (posting, Vec::new())).collect();
            for line in self.ledger.factors_of_lines(&sources).await? {
                found.entry(line.posting.clone()).or_default().push(line);
            }
            for (posting, lines) in found {
                self.cache.keep_lines(posting, Arc::new(lines));
            }
        }
        let mut posted: BTreeMap<MemberId, Posted> = BTreeMap::new();
        for (batch, member, generation) in wanted {
            let posting = (batch, generation);
            let Some(lines) = self.cache.lines(&posting) else {
                continue;
            };
            let own = posted.entry(member.clone()).or_insert_with(|| Posted {
                member,
                postings: Vec::new(),
                lines: Vec::new(),
            });
            own.postings.push(posting);
            own.lines.push(lines);
        }
        Ok(posted.into_values().collect())
    }

    /// Tonne-kilometres of a year by member and item.
    pub(crate) async fn freight_of(
        &self,
        snapshot: &Snapshot,
        panel: &BTreeSet<MemberId>,
        year: i16,
    ) -> Result<BTreeMap<(MemberId, greenheart_model::Text), Amount>, AppError> {
        let wanted = self.postings_of(snapshot, Some(panel)).await?;
        let mut unknown: Vec<(BatchId, i64)> = Vec::new();
        for (batch, _, generation) in &wanted {
            if self.cache.freight(batch).is_some() {
                continue;
            }
            // Its sums are known already; without a line of freight there is no row of it to look for.
            let sums = self.sums_of(batch, *generation).await?;
            if sums.rows().any(|(key, _)| key.class == ItemClass::Freight) {
                unknown.push((batch.clone(), 0));
            } else {
                self.cache.keep_freight(batch.clone(), Arc::default());
            }
        }
        if !unknown.is_empty() {
            let sources = self.sources(Kind::Activities, &unknown).await?;
            let mut found: BTreeMap<BatchId, Vec<FreightWork>> =
                unknown.into_iter().map(|(batch, _)| (batch, Vec::new())).collect();
            for work in self.ledger.freight_work(&sources).await? {
                found.entry(work.batch.clone()).or_default().push(work);
            }
            for (batch, work) in found {
                self.cache.keep_freight(batch, Arc::new(work));
            }
        }
        let mut sums: BTreeMap<_, Amount> = BTreeMap::new();
        for (batch, member, _) in wanted {
            let kept = self.cache.freight(&batch).unwrap_or_default();
            for work in kept.iter().filter(|work| work.year == year) {
                let slot = sums.entry((member.clone(), work.item.clone())).or_default();
                *slot = slot.checked_add(work.tonne_km)?;
            }
        }
        Ok(sums)
    }

    async fn postings_of(
        &self,
        snapshot: &Snapshot,
        members: Option<&BTreeSet<MemberId>>,
    ) -> Result<Vec<(BatchId, MemberId, i64)>, AppError> {
        let visible = self.visible_keys(snapshot.seq).await?;
        let of_members =
            |(_, member, _): &&(BatchId, MemberId, i64)| members.is_none_or(|wanted| wanted.contains(member));
        Ok(visible.iter().filter(of_members).cloned().collect())
    }
}
