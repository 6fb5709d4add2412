//! The one transaction that makes something count.

use greenheart_model::{Batch, BatchId, MemberId, SourceFile};

use crate::journal::link;
use crate::{AuditRow, Head, SegmentRow, Store, StoreError, TailChunk, on_db, signed, sql, to_json};

/// A fail-point: called with the name of each step before the next one begins.
pub type Steps<'a> = &'a (dyn Fn(&'static str) -> std::io::Result<()> + Sync);

/// A change of the ledger.
#[derive(Debug, Clone)]
pub struct Change {
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// What.
    pub operation: Operation,
    /// Who, for the audit trail; written in the same transaction.
    pub audit: AuditRow,
}

/// Entries of one batch under one set of factors and rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// Of which batch.
    pub batch: BatchId,
    /// 1 at the import, one more at each re-posting.
    pub generation: i64,
    /// Version of the factor set.
    pub factor_set: String,
    /// Entries made.
    pub entries: u64,
    /// Encoded partial sums.
    pub sums: Vec<u8>,
}

/// What changes.
#[derive(Debug, Clone)]
pub enum Operation {
    /// A batch comes in, with its first posting, and ends others.
    Import {
        /// The batch.
        batch: Box<Batch>,
        /// Distinguishes it among the visible ones: member, contents, importer and mapping version.
        identity: String,
        /// Its files.
        files: Vec<SourceFile>,
        /// Its first posting.
        posting: Posting,
        /// Segments written for it.
        segments: Vec<SegmentRow>,
        /// Rows kept in the tail.
        tail: Vec<TailChunk>,
        /// Batches that it replaces.
        supersedes: Vec<BatchId>,
    },
    /// A batch no longer counts.
    Withdraw {
        /// Which.
        batch: BatchId,
        /// Why.
        reason: String,
    },
    /// New generations beside the old.
    Repost {
        /// The postings.
        postings: Vec<Posting>,
        /// Segments written for them.
        segments: Vec<SegmentRow>,
        /// Rows kept in the tail.
        tail: Vec<TailChunk>,
    },
    /// The same rows in fewer pieces.
    Compact {
        /// Segments that go.
        dropped_segments: Vec<SegmentRow>,
        /// Chunks that go.
        dropped_tail: Vec<TailChunk>,
        /// Segments that come.
        segments: Vec<SegmentRow>,
    },
    /// A member's content goes; hashes and counts stay in the journal.
    Erase {
        /// Whose.
        member: MemberId,
        /// What stays of the member: its identifier and that it was there.
        remains: String,
    },
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else was first; read again and retry.
    #[error("the ledger has moved on")]
    HeadMoved,
    /// The same content was taken in before.
    #[error("this is already in as batch `{0}`")]
    AlreadyThere(BatchId),
    /// The batch to end is not visible.
    #[error("batch `{0}` is not visible")]
    NotVisible(BatchId),
    /// The catalogue failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CommitError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
impl From<std::io::Error> for CommitError {
    fn from(error: std::io::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Operation {
    fn name(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Withdraw { .. } => "withdraw",
            Self::Repost { .. } => "repost",
            Self::Compact { .. } => "compact",
            Self::Erase { .. } => "erase",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Import { batch, .. } => batch.id.to_string(),
            Self::Withdraw { batch, .. } => batch.to_string(),
            Self::Repost { postings, .. } => format!("{} batches", postings.len()),
            Self::Compact { segments, .. } => format!("{} segments", segments.len()),
            // The hash of an organisation number says nothing without the number.
            Self::Erase { member, .. } => blake3::hash(member.as_str().as_bytes()).to_hex().to_string(),
        }
    }

    /// Ids, counts and hashes: what the chain vouches for.
    fn digest(&self) -> String {
        let mut parts = Vec::new();
        let segment = |segment: &SegmentRow| format!("segment {} {} {}", segment.id, segment.rows, segment.hash);
        let posting = |posting: &Posting| {
            let sums = blake3::hash(&posting.sums).to_hex();
            format!(
                "posting {} {} {} {} {sums}",
                posting.batch, posting.generation, posting.factor_set, posting.entries
            )
        };
        let chunk = |chunk: &TailChunk| {
            let hash = blake3::hash(&chunk.payload).to_hex();
            format!(
                "tail {} {} {} {} {hash}",
                chunk.batch, chunk.generation, chunk.kind, chunk.rows
            )
        };
        match self {
            Self::Import {
                batch,
                identity,
                files,
                posting: first,
                segments,
                tail,
                supersedes,
            } => {
                parts.push(format!("batch {} {} {identity}", batch.id, batch.rows));
                parts.extend(files.iter().map(|file| format!("file {} {}", file.id, file.size)));
                parts.push(posting(first));
                parts.extend(segments.iter().map(segment));
                parts.extend(tail.iter().map(chunk));
                parts.extend(supersedes.iter().map(|id| format!("supersedes {id}")));
            }
            Self::Withdraw { batch, .. } => parts.push(format!("batch {batch}")),
            Self::Repost {
                postings,
                segments,
                tail,
            } => {
                parts.extend(postings.iter().map(posting));
                parts.extend(segments.iter().map(segment));
                parts.extend(tail.iter().map(chunk));
            }
            Self::Compact {
                dropped_segments,
                dropped_tail,
                segments,
            } => {
                parts.extend(dropped_segments.iter().map(|s| format!("drop {}", segment(s))));
                parts.extend(
                    dropped_tail
                        .iter()
                        .map(|c| format!("drop tail {} {} {} {}", c.batch, c.generation, c.kind, c.rows)),
                );
                parts.extend(segments.iter().map(segment));
            }
            Self::Erase { .. } => {}
        }
        parts.join("\n")
    }
}

macro_rules! insert_rows {
    ($transaction:ident, $seq:ident, $postings:expr, $segments:expr, $tail:expr) => {
        for posting in $postings {
            sqlx::query(sql::ADD_POSTING)
                .bind(posting.batch.as_str())
                .bind(posting.generation)
                .bind($seq)
                .bind(&posting.factor_set)
                .bind(signed(posting.entries))
                .bind(&posting.sums)
                .execute(&mut *$transaction)
                .await?;
        }
        for segment in $segments {
            sqlx::query(sql::ADD_SEGMENT)
                .bind(segment.id.as_str())
                .bind(segment.member.as_str())
                .bind(&segment.kind)
                .bind(&segment.file_name)
                .bind(segment.rows)
                .bind(segment.bytes)
                .bind(&segment.hash)
                .bind(to_json(&segment.batches, "a segment")?)
                .execute(&mut *$transaction)
                .await?;
        }
        for chunk in $tail {
            sqlx::query(sql::ADD_TAIL)
                .bind(chunk.batch.as_str())
                .bind(chunk.generation)
                .bind(&chunk.kind)
                .bind(chunk.member.as_str())
                .bind(chunk.rows)
                .bind(&chunk.payload)
                .execute(&mut *$transaction)
                .await?;
        }
    };
}

/// Inserts the rows of an operation. A macro because the two databases have different transaction types.
macro_rules! apply {
    ($transaction:ident, $change:ident, $seq:ident) => {
        match &$change.operation {
            Operation::Import {
                batch,
                identity,
                files,
                posting,
                segments,
                tail,
                supersedes,
            } => {
                for old in supersedes {
                    let by = format!("superseded:{}", batch.id);
                    let ended = sqlx::query(sql::END_BATCH).bind(old.as_str()).bind($seq).bind(by);
                    if ended.execute(&mut *$transaction).await?.rows_affected() != 1 {
                        return Err(CommitError::NotVisible(old.clone()));
                    }
                }
                let there: Option<String> = sqlx::query_scalar(sql::BATCH_BY_IDENTITY)
                    .bind(identity)
                    .fetch_optional(&mut *$transaction)
                    .await?;
                if let Some(there) = there {
                    return Err(CommitError::AlreadyThere(BatchId::new(there)));
                }
                for file in files {
                    sqlx::query(sql::ADD_FILE)
                        .bind(file.id.as_str())
                        .bind(file.member.as_str())
                        .bind(&file.sha256)
                        .bind(signed(file.size))
                        .bind(&file.name)
                        .bind(&file.vault_address)
                        .execute(&mut *$transaction)
                        .await?;
                }
                sqlx::query(sql::ADD_BATCH)
                    .bind(batch.id.as_str())
                    .bind(batch.member.as_str())
                    .bind(identity)
                    .bind(to_json(batch, "a batch")?)
                    .bind(signed(batch.rows))
                    .bind($change.at_ms)
                    .bind($seq)
                    .execute(&mut *$transaction)
                    .await?;
                insert_rows!($transaction, $seq, std::slice::from_ref(posting), segments, tail);
            }
            Operation::Withdraw { batch, reason } => {
                let by = format!("withdrawn:{reason}");
                let ended = sqlx::query(sql::END_BATCH).bind(batch.as_str()).bind($seq).bind(by);
                if ended.execute(&mut *$transaction).await?.rows_affected() != 1 {
                    return Err(CommitError::NotVisible(batch.clone()));
                }
            }
            Operation::Repost {
                postings,
                segments,
                tail,
            } => {
                insert_rows!($transaction, $seq, postings, segments, tail);
            }
            Operation::Compact {
                dropped_segments,
                dropped_tail,
                segments,
            } => {
                for segment in dropped_segments {
                    sqlx::query(sql::DROP_SEGMENT)
                        .bind(segment.id.as_str())
                        .execute(&mut *$transaction)
                        .await?;
                }
                for chunk in dropped_tail {
                    sqlx::query(sql::DROP_TAIL)
                        .bind(chunk.batch.as_str())
                        .bind(chunk.generation)
                        .bind(&chunk.kind)
                        .execute(&mut *$transaction)
                        .await?;
                }
                let none: &[Posting] = &[];
                let no_tail: &[TailChunk] = &[];
                insert_rows!($transaction, $seq, none, segments, no_tail);
            }
            Operation::Erase { member, remains } => {
                sqlx::query(sql::NEXT_GENERATION).execute(&mut *$transaction).await?;
                for statement in [
                    sql::ERASE_SITES,
                    sql::ERASE_KEYS,
                    sql::ERASE_FILES,
                    sql::ERASE_TAIL,
                    sql::ERASE_SEGMENTS,
                    sql::ERASE_SUMS,
                    sql::ERASE_JOBS,
                    sql::ERASE_MAPPINGS,
                    sql::ERASE_EXCHANGES,
                    sql::ERASE_STREAMS,
                    sql::ERASE_RELEASE_PARTS,
                    sql::ERASE_CODES,
                    sql::ERASE_RECOVERY,
                    sql::ERASE_TOKENS,
                    sql::ERASE_IDENTITIES,
                    sql::ERASE_SESSIONS,
                    sql::ERASE_ACCOUNTS,
                ] {
                    sqlx::query(statement)
                        .bind(member.as_str())
                        .execute(&mut *$transaction)
                        .await?;
                }
                sqlx::query(sql::ERASE_BATCHES)
                    .bind(member.as_str())
                    .bind($seq)
                    .execute(&mut *$transaction)
                    .await?;
                sqlx::query(sql::ERASE_MEMBER)
                    .bind(member.as_str())
                    .bind($change.at_ms)
                    .bind(remains)
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
    };
}

impl Store {
    /// Makes the change, if the head still stands at `expected`. Everything or nothing.
    pub async fn commit(&self, change: &Change, expected: &Head, steps: Steps<'_>) -> Result<Head, CommitError> {
        let (operation, subject, digest) = (
            change.operation.name(),
            change.operation.subject(),
            change.operation.digest(),
        );
        let seq = expected.seq + 1;
        let hash = link(&expected.hash, seq, change.at_ms, operation, &subject, &digest);
        steps("store.begin")?;
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            // The first statement takes the write lock, so that the comparison and all that follows are one.
            let moved = sqlx::query(sql::MOVE_HEAD)
                .bind(seq).bind(&hash).bind(expected.seq).bind(&expected.hash)
                .execute(&mut *transaction).await?;
            if moved.rows_affected() != 1 {
                return Err(CommitError::HeadMoved);
            }
            sqlx::query(sql::ADD_JOURNAL)
                .bind(seq).bind(change.at_ms).bind(operation).bind(&subject).bind(&digest).bind(&hash)
                .execute(&mut *transaction).await?;
            steps("store.head")?;
            apply!(transaction, change, seq);
            steps("store.rows")?;
            let audit = &change.audit;
            sqlx::query(sql::ADD_AUDIT)
                .bind(audit.at_ms).bind(&audit.actor).bind(&audit.capacity).bind(&audit.verb)
                .bind(&audit.member).bind(&audit.subject).bind(&audit.outcome)
                .execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        steps("store.commit")?;
        Ok(Head { seq, hash })
    }
}
