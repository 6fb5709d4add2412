//! The hash chain. Each record covers a digest of what changed (ids, counts, hashes; never names or
//! amounts) and the hash before it, so that history cannot be rewritten unnoticed and survives an erasure.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// Number of the last record; 0 before the first.
    pub seq: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
}

/// Where the catalogue stands: the same standing, the same pages.
///
/// The ledger's head moves with every batch; the generation is counted up by every other write that a page may show, in
/// the transaction of that write. Jobs, accounts, sessions and the audit trail have no part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Number of the last journal record.
    pub seq: i64,
    /// Writes to settings, members, sites, keys and mappings, and erasures.
    pub generation: i64,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct JournalRecord {
    /// Its number, from 1.
    pub seq: i64,
    /// When, in ms.
    pub at_ms: i64,
    /// What was done, such as `import`.
    pub operation: String,
    /// To what: a batch, a member.
    pub subject: String,
    /// Canonical text of ids, counts and hashes.
    pub digest: String,
    /// Hash of this record and the one before.
    pub hash: String,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, thiserror::Error)]
pub enum ChainProblem {
    /// A record does not follow from the one before.
    #[error("journal record {0} does not follow from the one before it")]
    Broken(i64),
    /// The head is not the end of the chain.
    #[error("the ledger head {head} is not the end of the chain {end}")]
    Head {
        /// Where the head stands.
        head: i64,
        /// Where the chain ends.
        end: i64,
    },
    /// The journal says that a batch was committed, and it is not there, or the other way round.
    #[error("batch `{0}` stands in the journal or in the catalogue, not in both")]
    Batch(String),
    /// Rows are missing or stand twice.
    #[error("batch `{batch}` generation {generation} has {found} {kind} stored where {expected} were committed")]
    Rows {
        /// Which batch.
        batch: String,
        /// Which generation; 0 for activities.
        generation: i64,
        /// `activities` or `entries`.
        kind: String,
        /// As committed.
        expected: i64,
        /// As found.
        found: i64,
    },
}

/// Hash of a record that follows `previous`.
pub(crate) fn link(previous: &str, seq: i64, at_ms: i64, operation: &str, subject: &str, digest: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("greenheart journal 1");
    for part in [
        previous,
        &seq.to_string(),
        &at_ms.to_string(),
        operation,
        subject,
        digest,
    ] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

impl Store {
    /// Where the catalogue stands.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let (seq, generation): (i64, i64) = on_db!(self, pool => sqlx::query_as(sql::STANDING).fetch_one(pool).await?);
        Ok(Standing { seq, generation })
    }

    /// Where the ledger stands.
    pub async fn head(&self) -> Result<Head, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::HEAD).fetch_one(pool).await?))
    }

    /// The whole chain.
    pub async fn journal(&self) -> Result<Vec<JournalRecord>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::JOURNAL).fetch_all(pool).await?))
    }

    /// Walks the chain and holds the catalogue against it: nothing lost, nothing twice.
    pub async fn verify_chain(&self) -> Result<Vec<ChainProblem>, StoreError> {
        let journal = self.journal().await?;
        let mut problems = Vec::new();
        let mut previous = "0".repeat(64);
        for (at, record) in (1_i64..).zip(&journal) {
            let expected = link(
                &previous,
                record.seq,
                record.at_ms,
                &record.operation,
                &record.subject,
                &record.digest,
            );
            if record.seq != at || record.hash != expected {
                problems.push(ChainProblem::Broken(record.seq));
            }
            previous.clone_from(&record.hash);
        }
        let head = self.head().await?;
        let end = journal.last().map_or(0, |record| record.seq);
        if head.seq != end || head.hash != previous {
            problems.push(ChainProblem::Head { head: head.seq, end });
        }
        self.verify_rows(&journal, &mut problems).await?;
        Ok(problems)
    }

    async fn verify_rows(&self, journal: &[JournalRecord], problems: &mut Vec<ChainProblem>) -> Result<(), StoreError> {
        let committed: BTreeSet<&str> = journal
            .iter()
            .filter(|record| record.operation == "import")
            .map(|record| &*record.subject)
            .collect();
        let batches = self.batches().await?;
        let present: BTreeSet<&str> = batches.iter().map(|batch| batch.id.as_str()).collect();
        problems.extend(
            committed
                .symmetric_difference(&present)
                .map(|id| ChainProblem::Batch((*id).to_owned())),
        );
        let mut expected: BTreeMap<(String, i64, String), i64> = BTreeMap::new();
        for batch in batches.iter().filter(|batch| !batch.erased) {
            expected.insert((batch.id.to_string(), 0, "activities".into()), batch.rows);
        }
        for (batch, generation, entries) in self.postings().await? {
            expected.insert((batch, generation, "entries".into()), entries);
        }
        let mut found: BTreeMap<(String, i64, String), i64> = BTreeMap::new();
        for segment in self.segments().await? {
            for (batch, generation, rows) in segment.batches {
                *found
                    .entry((batch.to_string(), generation, segment.kind.clone()))
                    .or_default() += rows;
            }
        }
        for chunk in self.tail().await? {
            *found
                .entry((chunk.batch.to_string(), chunk.generation, chunk.kind))
                .or_default() += chunk.rows;
        }
        let keys: BTreeSet<_> = expected.keys().chain(found.keys()).cloned().collect();
        for key in keys {
            let (expected, found) = (
                expected.get(&key).copied().unwrap_or_default(),
                found.get(&key).copied().unwrap_or_default(),
            );
            if expected != found {
                let (batch, generation, kind) = key;
                problems.push(ChainProblem::Rows {
                    batch,
                    generation,
                    kind,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }
}
