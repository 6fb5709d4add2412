//! What is visible, and where its rows lie.

use greenheart_model::{Batch, BatchId, MemberId, SegmentId};
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, from_json, on_db, sql};

/// A batch that counts in a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct VisibleBatch {
    /// The batch.
    pub batch: Batch,
    /// The generation of entries that counts.
    pub generation: i64,
    /// The factor set of that generation.
    pub factor_set: String,
    /// Entries of that generation.
    pub entries: i64,
}

/// Whether a batch counts today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// It counts.
    Visible,
    /// Another one took its place.
    SupersededBy(BatchId),
    /// It was taken out, for this reason.
    Withdrawn(String),
    /// Its member's content was erased.
    Erased,
}

/// A batch in a list, visible or not.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchSummary {
    /// Identifier.
    pub id: BatchId,
    /// Whose.
    pub member: MemberId,
    /// The batch; `None` when erased.
    pub batch: Option<Batch>,
    /// Rows.
    pub rows: i64,
    /// When it was committed, in ms.
    pub committed_at_ms: i64,
    /// With which journal record.
    pub committed_seq: i64,
    /// With which journal record it ceased to count.
    pub ended_seq: Option<i64>,
    /// Whether it counts.
    pub state: BatchState,
    /// Whether its content is gone.
    pub erased: bool,
}

/// A stored segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// Identifier, from its content.
    pub id: SegmentId,
    /// Whose rows it holds.
    pub member: MemberId,
    /// `activities` or `entries`.
    pub kind: String,
    /// File in the folder of segments.
    pub file_name: String,
    /// Rows.
    pub rows: i64,
    /// Bytes.
    pub bytes: i64,
    /// BLAKE3 of the file, hexadecimal.
    pub hash: String,
    /// Batch, generation and number of rows of each.
    pub batches: Vec<(BatchId, i64, i64)>,
}

/// Rows of a small batch, kept in the catalogue until the tail is flushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailChunk {
    /// Of which batch.
    pub batch: BatchId,
    /// Generation of entries; 0 for activities.
    pub generation: i64,
    /// `activities` or `entries`.
    pub kind: String,
    /// Whose.
    pub member: MemberId,
    /// Rows.
    pub rows: i64,
    /// Encoded rows; empty in lists.
    pub payload: Vec<u8>,
}

type VisibleColumns = (String, String, String, i64, i64, String, i64);
type BatchColumns = (String, String, String, i64, i64, i64, Option<i64>, Option<String>);

impl Store {
    /// What counted when the ledger stood at `seq`, by batch.
    pub async fn visible(&self, seq: i64) -> Result<Vec<VisibleBatch>, StoreError> {
        let rows: Vec<VisibleColumns> =
            on_db!(self, pool => sqlx::query_as(sql::VISIBLE).bind(seq).fetch_all(pool).await?);
        rows.into_iter().map(visible_batch).collect()
    }

    /// What counted of one member when the ledger stood at `seq`, by batch.
    pub async fn visible_of(&self, member: &MemberId, seq: i64) -> Result<Vec<VisibleBatch>, StoreError> {
        let rows: Vec<VisibleColumns> = on_db!(self, pool => sqlx::query_as(sql::VISIBLE_OF)
            .bind(seq).bind(member.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(visible_batch).collect()
    }

    /// Batch, member and generation of what counted at `seq`, by batch.
    pub async fn visible_keys(&self, seq: i64) -> Result<Vec<(BatchId, MemberId, i64)>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            on_db!(self, pool => sqlx::query_as(sql::VISIBLE_KEYS).bind(seq).fetch_all(pool).await?);
        let mut keys: Vec<_> = rows
            .into_iter()
            .map(|(id, member, generation)| (BatchId::new(id), MemberId::new(member), generation))
            .collect();
        // Ordered here: asked for in this order, the rows would be read by their key, and each leads past all that its batch holds.
        keys.sort_unstable();
        Ok(keys)
    }

    /// Encoded partial sums of one posting.
    pub async fn sums_of(&self, batch: &BatchId, generation: i64) -> Result<Option<Vec<u8>>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::SUMS_OF)
            .bind(batch.as_str()).bind(generation).fetch_optional(pool).await?))
    }

    /// Whether a batch of this identifier was ever committed.
    pub async fn batch_exists(&self, batch: &BatchId) -> Result<bool, StoreError> {
        let count: i64 =
            on_db!(self, pool => sqlx::query_scalar(sql::BATCH_COUNT).bind(batch.as_str()).fetch_one(pool).await?);
        Ok(count > 0)
    }

    /// One batch, visible or not.
    pub async fn batch(&self, batch: &BatchId) -> Result<Option<BatchSummary>, StoreError> {
        let row: Option<BatchColumns> =
            on_db!(self, pool => sqlx::query_as(sql::BATCH).bind(batch.as_str()).fetch_optional(pool).await?);
        row.map(summary).transpose()
    }

    /// Encoded partial sums of what counted at `seq`, by batch.
    pub async fn sums(&self, seq: i64) -> Result<Vec<(BatchId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> =
            on_db!(self, pool => sqlx::query_as(sql::SUMS).bind(seq).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(id, sums)| (BatchId::new(id), sums)).collect())
    }

    /// Every batch there ever was, oldest first.
    pub async fn batches(&self) -> Result<Vec<BatchSummary>, StoreError> {
        let rows: Vec<BatchColumns> = on_db!(self, pool => sqlx::query_as(sql::BATCHES).fetch_all(pool).await?);
        rows.into_iter().map(summary).collect()
    }

    /// Batches that came in or ended after `seq`, oldest first.
    pub async fn batches_since(&self, seq: i64) -> Result<Vec<BatchSummary>, StoreError> {
        let rows: Vec<BatchColumns> =
            on_db!(self, pool => sqlx::query_as(sql::BATCHES_SINCE).bind(seq).fetch_all(pool).await?);
        rows.into_iter().map(summary).collect()
    }

    /// The visible batch with this identity, if any.
    pub async fn batch_by_identity(&self, identity: &str) -> Result<Option<BatchId>, StoreError> {
        let id: Option<String> =
            on_db!(self, pool => sqlx::query_scalar(sql::BATCH_BY_IDENTITY).bind(identity).fetch_optional(pool).await?);
        Ok(id.map(BatchId::new))
    }

    /// Every posting: batch, generation, entries.
    pub async fn postings(&self) -> Result<Vec<(String, i64, i64)>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::POSTINGS).fetch_all(pool).await?))
    }

    /// The newest generation of a batch.
    pub async fn last_generation(&self, batch: &BatchId) -> Result<Option<i64>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::LAST_GENERATION).bind(batch.as_str()).fetch_one(pool).await?))
    }

    /// Every segment.
    pub async fn segments(&self) -> Result<Vec<SegmentRow>, StoreError> {
        type Columns = (String, String, String, String, i64, i64, String, String);
        let rows: Vec<Columns> = on_db!(self, pool => sqlx::query_as(sql::SEGMENTS).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, member, kind, file_name, rows, bytes, hash, batches)| {
                let batches = from_json(&batches, &format!("segment `{id}`"))?;
                let (id, member) = (SegmentId::new(id), MemberId::new(member));
                Ok(SegmentRow {
                    id,
                    member,
                    kind,
                    file_name,
                    rows,
                    bytes,
                    hash,
                    batches,
                })
            })
            .collect()
    }

    /// The chunks of the tail, without their payload.
    pub async fn tail(&self) -> Result<Vec<TailChunk>, StoreError> {
        let rows: Vec<(String, i64, String, String, i64)> =
            on_db!(self, pool => sqlx::query_as(sql::TAIL).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(batch, generation, kind, member, rows)| TailChunk {
                batch: BatchId::new(batch),
                generation,
                kind,
                member: MemberId::new(member),
                rows,
                payload: Vec::new(),
            })
            .collect())
    }

    /// The rows of a chunk; `None` when it has been flushed.
    pub async fn tail_payload(&self, chunk: &TailChunk) -> Result<Option<Vec<u8>>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::TAIL_PAYLOAD)
            .bind(chunk.batch.as_str()).bind(chunk.generation).bind(&chunk.kind)
            .fetch_optional(pool).await?))
    }
}

fn visible_batch(columns: VisibleColumns) -> Result<VisibleBatch, StoreError> {
    let (id, _member, content, _rows, generation, factor_set, entries) = columns;
    let batch = from_json(&content, &format!("batch `{id}`"))?;
    Ok(VisibleBatch {
        batch,
        generation,
        factor_set,
        entries,
    })
}

fn summary(columns: BatchColumns) -> Result<BatchSummary, StoreError> {
    let (id, member, content, rows, committed_at_ms, committed_seq, ended_seq, ended_by) = columns;
    let batch = if content.is_empty() {
        None
    } else {
        Some(from_json(&content, &format!("batch `{id}`"))?)
    };
    let ended_by = ended_by.unwrap_or_default();
    let state = match (ended_seq, ended_by.split_once(':')) {
        (None, _) => BatchState::Visible,
        (Some(_), Some(("superseded", by))) => BatchState::SupersededBy(BatchId::new(by)),
        (Some(_), Some((_, reason))) => BatchState::Withdrawn(reason.to_owned()),
        (Some(_), None) => BatchState::Erased,
    };
    Ok(BatchSummary {
        id: BatchId::new(id),
        member: MemberId::new(member),
        erased: batch.is_none(),
        batch,
        rows,
        committed_at_ms,
        committed_seq,
        ended_seq,
        state,
    })
}
