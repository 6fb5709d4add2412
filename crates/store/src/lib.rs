//! The catalogue: members, batches, the ledger head, jobs, audit, on SQLite or PostgreSQL.
//!
//! For: everything that is looked up by key and everything that must change together. The
//! transaction in [`Store::commit`] is the only thing that makes a batch count.
//! Not for: rows of activities and entries (their payloads are opaque here), HTML, permissions.
//! Start with [`Store::open`], then [`Change`] and [`Store::commit`].
//!
//! The same SQL constants run on both databases; a test prepares each of them on both and compares
//! the dumps of the same transcript byte for byte.

mod accounts;
mod aggregates;
mod audit;
mod commit;
mod dump;
mod identities;
mod jobs;
mod journal;
mod releases;
mod schema;
mod snapshot;
mod sql;
mod streams;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub use accounts::AccountRow;
pub use audit::AuditRow;
pub use commit::{Change, CommitError, Operation, Posting, Steps};
pub use identities::{CodesRow, PendingRow, TokenRow};
pub use jobs::{Job, JobState};
pub use journal::{ChainProblem, Head, JournalRecord, Standing};
pub use releases::{ReleasePartRow, ReleaseRow};
pub use schema::{FORMAT, TABLES};
pub use snapshot::{BatchState, BatchSummary, SegmentRow, TailChunk, VisibleBatch};
pub use streams::KeptRow;

/// A connection to the catalogue. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file in the data folder.
    Sqlite(sqlx::SqlitePool),
    /// A server.
    Postgres(sqlx::PgPool),
}

/// Runs the same body on whichever database it is.
macro_rules! on_db {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            $crate::Store::Sqlite($pool) => $body,
            $crate::Store::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_db;

/// Runs writes that a page may show, and counts the generation up with them: both or neither.
macro_rules! changing {
    ($store:expr, $transaction:ident => $body:expr) => {
        $crate::on_db!($store, pool => {
            let mut $transaction = pool.begin().await?;
            sqlx::query($crate::sql::NEXT_GENERATION).execute(&mut *$transaction).await?;
            $body;
            $transaction.commit().await?;
        })
    };
}
pub(crate) use changing;

/// Why the catalogue failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is not there.
    #[error("the catalogue failed")]
    Database(#[from] sqlx::Error),
    /// It was written by a later version.
    #[error("the catalogue has format {found}, and this program knows up to {known}")]
    Newer {
        /// Its format.
        found: i64,
        /// What we know.
        known: i64,
    },
    /// What stands in a column is not what we wrote.
    #[error("the catalogue holds something unreadable in {what}")]
    Damaged {
        /// Where.
        what: String,
        /// Why.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// A dump cannot be read, or does not belong into a catalogue that has content.
    #[error("the dump cannot be loaded: {0}")]
    Dump(String),
    /// The medium failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
}

impl StoreError {
    /// Whether a later program wrote the catalogue.
    pub const fn is_newer(&self) -> bool {
        matches!(self, Self::Newer { .. })
    }
}

impl Store {
    /// Opens the catalogue at `sqlite:PATH` or `postgres://…`, makes it when absent, and brings an
    /// earlier format up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a later program wrote it; nothing is changed then.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url, true).await?;
        store.migrate().await?;
        store.add_indexes().await?;
        Ok(store)
    }

    /// The format of the catalogue at `url` without changing it; 0 when there is none yet.
    pub async fn format_of(url: &str) -> Result<i64, StoreError> {
        match Self::connect(url, false).await {
            Ok(store) => store.format().await,
            Err(StoreError::Database(sqlx::Error::Database(error))) if error.message().contains("unable to open") => {
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }

    async fn connect(url: &str, create: bool) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            let pool = PgPoolOptions::new()
                .max_connections(8)
                .acquire_timeout(Duration::from_secs(10))
                .connect(url);
            return Ok(Self::Postgres(pool.await?));
        }
        // FULL: a commit that was answered survives a power cut.
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30));
        Ok(Self::Sqlite(
            SqlitePoolOptions::new()
                .max_connections(4)
                .connect_with(options)
                .await?,
        ))
    }

    /// Waits for open statements and closes.
    pub async fn close(&self) {
        on_db!(self, pool => pool.close().await);
    }

    /// Prepares every statement, as a test of both databases.
    pub async fn check_statements(&self) -> Result<(), StoreError> {
        use sqlx::Executor;
        on_db!(self, pool => {
            let mut connection = pool.acquire().await?;
            for statement in sql::ALL {
                (&mut *connection).prepare(sqlx::SqlStr::from_static(statement)).await?;
            }
        });
        Ok(())
    }
}

/// A count that the database keeps as a signed number.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count read back.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl serde::Serialize, what: &str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Damaged {
        what: what.to_owned(),
        source: Some(source),
    })
}

/// A value from JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Damaged {
        what: what.to_owned(),
        source: Some(source),
    })
}
