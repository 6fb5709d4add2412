//! Whether a segment is what its descriptor says.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use greenheart_model::BatchId;

use crate::columns::Reader;
use crate::segment::hash_file;
use crate::{Kind, LedgerError, SegmentDescriptor};

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, thiserror::Error)]
pub enum SegmentProblem {
    /// The file is not there.
    #[error("segment `{0}` is missing")]
    Missing(String),
    /// Its bytes are others than those that were committed.
    #[error("segment `{0}` was altered")]
    Altered(String),
    /// Its rows are others than the descriptor says.
    #[error("segment `{segment}` has {found} rows of batch `{batch}` where {expected} were committed")]
    Rows {
        /// Which segment.
        segment: String,
        /// Which batch.
        batch: String,
        /// As committed.
        expected: u64,
        /// As found.
        found: u64,
    },
    /// It cannot be read.
    #[error("segment `{segment}` cannot be read: {why}")]
    Unreadable {
        /// Which segment.
        segment: String,
        /// Why.
        why: String,
    },
}

/// Hashes the file, reads it, and counts its rows.
pub(crate) fn verify(folder: &Path, descriptor: &SegmentDescriptor) -> Vec<SegmentProblem> {
    let path = folder.join(&descriptor.file_name);
    match hash_file(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return vec![SegmentProblem::Missing(descriptor.id.clone())];
        }
        Ok((hash, bytes)) if hash == descriptor.hash && bytes == descriptor.bytes => {}
        _ => return vec![SegmentProblem::Altered(descriptor.id.clone())],
    }
    match count_rows(&path, descriptor.kind) {
        Err(error) => vec![SegmentProblem::Unreadable {
            segment: descriptor.id.clone(),
            why: error.to_string(),
        }],
        Ok(found) => compare(descriptor, &found),
    }
}

fn compare(descriptor: &SegmentDescriptor, found: &BTreeMap<(BatchId, i64), u64>) -> Vec<SegmentProblem> {
    let expected: BTreeMap<(BatchId, i64), u64> = descriptor
        .batches
        .iter()
        .map(|(batch, generation, rows)| ((batch.clone(), *generation), *rows))
        .collect();
    let keys: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    keys.into_iter()
        .filter(|key| expected.get(key) != found.get(key))
        .map(|key| SegmentProblem::Rows {
            segment: descriptor.id.clone(),
            batch: key.0.to_string(),
            expected: expected.get(key).copied().unwrap_or_default(),
            found: found.get(key).copied().unwrap_or_default(),
        })
        .collect()
}

fn count_rows(path: &Path, kind: Kind) -> Result<BTreeMap<(BatchId, i64), u64>, LedgerError> {
    let mut found = BTreeMap::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.build()? {
        for (key, rows) in count_batch(&batch?, kind)? {
            *found.entry(key).or_default() += rows;
        }
    }
    Ok(found)
}

/// Rows by batch and generation.
pub(crate) fn count_batch(batch: &RecordBatch, kind: Kind) -> Result<BTreeMap<(BatchId, i64), u64>, LedgerError> {
    let reader = Reader::new(batch);
    let names = reader.texts("batch")?;
    let generations = match kind {
        Kind::Activities => vec![Some(0); names.len()],
        Kind::Entries => reader.numbers("generation")?,
    };
    let mut found = BTreeMap::new();
    for (name, generation) in names.iter().zip(generations) {
        let key = (
            BatchId::new(name.as_deref().unwrap_or_default()),
            generation.unwrap_or_default(),
        );
        *found.entry(key).or_default() += 1;
    }
    Ok(found)
}

impl crate::Ledger {
    /// Hashes and counts a segment; empty when all is well.
    pub fn verify(&self, descriptor: &SegmentDescriptor) -> Vec<SegmentProblem> {
        verify(&self.folder, descriptor)
    }
}
