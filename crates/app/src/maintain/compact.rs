//! Flushing the tail and merging small segments: the same rows in fewer pieces.

use std::collections::BTreeMap;

use greenheart_ledger::{Kind, SegmentWriter, decode_activities, decode_entries};
use greenheart_model::MemberId;
use greenheart_store::{Change, CommitError, Operation, SegmentRow, TailChunk};
use serde::{Deserialize, Serialize};

use crate::import::segment_row;
use crate::members::commit_error;
use crate::{Actor, App, AppError};

/// A segment with fewer rows than this is merged with others of its member and kind.
const SMALL: i64 = 200_000;

/// What compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compacted {
    /// Chunks of the tail that became rows of segments.
    pub chunks: usize,
    /// Segments that were merged.
    pub merged: usize,
    /// Segments written.
    pub written: usize,
}

impl App {
    /// Flushes the tail of every member and merges small segments. Files of merged segments stay until
    /// `doctor --fix`, for those who read them now.
    pub async fn compact(&self, actor: &Actor) -> Result<Compacted, AppError> {
        self.allowed(actor, actor.may_operate(), "ledger.compact", None).await?;
        let mut all = Compacted::default();
        for member in self.store.members().await? {
            let one = self.compact_member(actor, &member.id).await?;
            all.chunks += one.chunks;
            all.merged += one.merged;
            all.written += one.written;
        }
        Ok(all)
    }

    /// After an import: flushes the member's tail once it holds as many rows as a segment should.
    pub(crate) async fn flush_tail_when_large(&self, member: &MemberId) -> Result<(), AppError> {
        let tail = self.store.tail().await?;
        let rows: i64 = tail
            .iter()
            .filter(|chunk| chunk.member == *member && chunk.kind == Kind::Activities.name())
            .map(|chunk| chunk.rows)
            .sum();
        if u64::try_from(rows).is_ok_and(|rows| rows >= self.config.import.flush_rows) {
            self.compact_member(&Actor::operator("greenheart"), member).await?;
        }
        Ok(())
    }

    async fn compact_member(&self, actor: &Actor, member: &MemberId) -> Result<Compacted, AppError> {
        for _ in 0..50 {
            let head = self.store.head().await?;
            let mut by_kind: BTreeMap<Kind, (Vec<SegmentRow>, Vec<TailChunk>)> = BTreeMap::new();
            for segment in self.store.segments().await? {
                if segment.member == *member && segment.rows < SMALL {
                    by_kind.entry(kind_of(&segment.kind)?).or_default().0.push(segment);
                }
            }
            for chunk in self.store.tail().await? {
                if chunk.member == *member {
                    by_kind.entry(kind_of(&chunk.kind)?).or_default().1.push(chunk);
                }
            }
            let mut operation = (Vec::new(), Vec::new(), Vec::new());
            for (kind, (mut segments, chunks)) in by_kind {
                if segments.len() < 2 {
                    segments.clear();
                }
                if segments.is_empty() && chunks.is_empty() {
                    continue;
                }
                operation
                    .2
                    .extend(self.rewrite(kind, member, &segments, &chunks).await?);
                operation.0.extend(segments);
                operation.1.extend(chunks);
            }
            let (dropped_segments, dropped_tail, segments) = operation;
            let done = Compacted {
                chunks: dropped_tail.len(),
                merged: dropped_segments.len(),
                written: segments.len(),
            };
            if done == Compacted::default() {
                return Ok(done);
            }
            let change = Change {
                at_ms: self.now_ms(),
                audit: self.audit_row(actor, "ledger.compact", Some(member), "", "done"),
                operation: Operation::Compact {
                    dropped_segments,
                    dropped_tail,
                    segments,
                },
            };
            match self.store.commit(&change, &head, &*self.surroundings.steps).await {
                Ok(_) => return Ok(done),
                Err(CommitError::HeadMoved) => {}
                Err(error) => return Err(commit_error(error)),
            }
        }
        Err(commit_error(CommitError::HeadMoved))
    }

    async fn rewrite(
        &self,
        kind: Kind,
        member: &MemberId,
        segments: &[SegmentRow],
        chunks: &[TailChunk],
    ) -> Result<Option<SegmentRow>, AppError> {
        let name = format!("compact-{}-{member}", std::process::id());
        let mut writer = SegmentWriter::new(self.ledger.folder(), kind, member.clone(), &name);
        for segment in segments {
            tokio::task::block_in_place(|| writer.append(&segment.file_name))?;
        }
        for chunk in chunks {
            // A chunk that is gone makes the commit fail on its head, and everything is tried again.
            let Some(payload) = self.store.tail_payload(chunk).await? else {
                continue;
            };
            match kind {
                Kind::Activities => writer.activities(&decode_activities(&payload)?)?,
                Kind::Entries => writer.entries(&decode_entries(&payload)?)?,
            }
        }
        let written = tokio::task::block_in_place(|| writer.finish(&*self.surroundings.steps))?;
        Ok(written.map(segment_row))
    }
}

fn kind_of(name: &str) -> Result<Kind, AppError> {
    [Kind::Activities, Kind::Entries]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| AppError::Damaged(format!("`{name}` is no kind of rows")))
}
