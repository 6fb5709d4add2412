//! Rows of activities and entries: Parquet segments, tail chunks, partial sums, and queries over them.
//!
//! For: everything that is columnar. Small batches are encoded as chunks that the catalogue keeps
//! until they are flushed; large ones become segments. Totals come from [`PartialSums`]; only `why`,
//! re-posting and checks look at rows.
//! Not for: knowing which batches are visible (the caller says so in [`Sources`]), SQL catalogues,
//! factors.
//! Start with [`Ledger`], then [`PartialSums`].
#![deny(clippy::float_arithmetic)]

mod activities;
mod columns;
mod each;
mod entries;
mod grouping;
mod lines;
mod query;
mod scan;
mod segment;
mod spool;
mod sums;
mod totals;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};

pub use activities::{ActivityRow, decode_activities, encode_activities};
pub use entries::{EntryRow, decode_entries, encode_entries};
pub use lines::{FreightWork, LineFactor};
pub use query::{Dimension, FactorTotal, Filter, Sources, TotalRow};
pub use segment::{Kind, SegmentDescriptor, SegmentWriter};
pub use spool::{SpoolReader, SpoolWriter};
pub use sums::{PartialSums, SumTotal};
pub use verify::SegmentProblem;

/// A fail-point: called with the name of each step of a write before the next one begins.
pub type Steps<'a> = &'a (dyn Fn(&'static str) -> std::io::Result<()> + Sync);

/// Why the ledger failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk failed or is full.
    #[error("the ledger's files cannot be used")]
    Io(#[from] std::io::Error),
    /// A query or a file of columns failed.
    #[error("a query of the ledger failed")]
    Query(#[from] datafusion::error::DataFusionError),
    /// An amount does not fit Decimal(18,6).
    #[error("the amount {0} does not fit the ledger's eighteen digits")]
    TooLarge(greenheart_units::Amount),
    /// A sum does not fit.
    #[error(transparent)]
    Sum(#[from] greenheart_units::DecimalError),
    /// Encoded bytes are not what we wrote.
    #[error("encoded rows cannot be read: {0}")]
    Encoding(String),
}

impl From<datafusion::arrow::error::ArrowError> for LedgerError {
    fn from(error: datafusion::arrow::error::ArrowError) -> Self {
        Self::Query(error.into())
    }
}
impl From<datafusion::parquet::errors::ParquetError> for LedgerError {
    fn from(error: datafusion::parquet::errors::ParquetError) -> Self {
        Self::Query(error.into())
    }
}

/// Bounds of all queries together.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of memory.
    pub memory_bytes: usize,
    /// Bytes of disk to spill to.
    pub spill_bytes: u64,
    /// Threads.
    pub threads: usize,
}

/// The segments of an installation and the engine that queries them.
pub struct Ledger {
    folder: PathBuf,
    limits: Limits,
    environment: Arc<RuntimeEnv>,
    runtime: Option<tokio::runtime::Runtime>,
    contents: scan::Contents,
}

impl Ledger {
    /// The ledger whose segments lie in `folder`; queries spill to `spill`.
    pub fn open(folder: &Path, spill: &Path, limits: Limits) -> Result<Self, LedgerError> {
        std::fs::create_dir_all(folder)?;
        std::fs::create_dir_all(spill)?;
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory_bytes)))
            .with_temp_file_path(spill)
            .with_max_temp_directory_size(limits.spill_bytes)
            .build_arc()?;
        // Queries have a runtime of their own, so that a long one never holds up the caller's.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(limits.threads)
            .thread_name("ledger")
            .enable_all()
            .build()?;
        Ok(Self {
            folder: folder.to_owned(),
            limits,
            environment,
            runtime: Some(runtime),
            contents: scan::Contents::default(),
        })
    }

    /// The folder of segments.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // A runtime may not be dropped where it would block another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
