//! Parquet segments: written once, named by their content, never changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{WriterProperties, WriterVersion};
use datafusion::parquet::schema::types::ColumnPath;
use greenheart_model::{BatchId, Entry, MemberId};

use crate::columns::completed;
use crate::{ActivityRow, EntryRow, LedgerError, Steps, activities, entries};

/// Rows of a row group: small enough that looking up one row reads little.
const GROUP_ROWS: usize = 131_072;

/// Under this name a segment says which batches and generations it holds: a list of pairs, as JSON.
pub(crate) const BATCHES_KEY: &str = "greenheart.batches";

/// What a segment or chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Activities, of generation 0.
    Activities,
    /// Entries.
    Entries,
}

impl Kind {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Activities => "activities",
            Self::Entries => "entries",
        }
    }

    /// Names and types of the columns.
    pub(crate) fn schema(self) -> Result<SchemaRef, LedgerError> {
        let empty = match self {
            Self::Activities => activities::to_batch(&[])?,
            Self::Entries => entries::to_batch(&[])?,
        };
        Ok(empty.schema())
    }
}

/// A segment on disk. One segment belongs to one member, so that a member can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentDescriptor {
    /// Identifier: the beginning of its hash.
    pub id: String,
    /// What it holds.
    pub kind: Kind,
    /// Whose.
    pub member: MemberId,
    /// File in the folder of segments.
    pub file_name: String,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3 of the file, hexadecimal.
    pub hash: String,
    /// Batch, generation and number of rows of each.
    pub batches: Vec<(BatchId, i64, u64)>,
}

/// Writes one segment, chunk by chunk, in bounded memory.
pub struct SegmentWriter {
    folder: PathBuf,
    temp: PathBuf,
    kind: Kind,
    member: MemberId,
    writer: Option<ArrowWriter<BufWriter<File>>>,
    batches: BTreeMap<(BatchId, i64), u64>,
    finished: bool,
}

impl SegmentWriter {
    /// Begins a segment of `member` in `folder`. `name` distinguishes writers that work at the same time.
    pub fn new(folder: &Path, kind: Kind, member: MemberId, name: &str) -> Self {
        let temp = folder.join(format!("{name}-{}.tmp", kind.name()));
        let folder = folder.to_owned();
        Self {
            folder,
            temp,
            kind,
            member,
            writer: None,
            batches: BTreeMap::new(),
            finished: false,
        }
    }

    /// Adds activities.
    pub fn activities(&mut self, rows: &[ActivityRow]) -> Result<(), LedgerError> {
        for run in rows.chunk_by(|a, b| a.batch == b.batch) {
            *self.batches.entry((run[0].batch.clone(), 0)).or_default() += run.len() as u64;
        }
        self.write(&activities::to_batch(rows)?)
    }

    /// Adds entries.
    pub fn entries(&mut self, rows: &[EntryRow]) -> Result<(), LedgerError> {
        for run in rows.chunk_by(|a, b| a.batch == b.batch && a.generation == b.generation) {
            let key = (run[0].batch.clone(), run[0].generation);
            *self.batches.entry(key).or_default() += run.len() as u64;
        }
        self.write(&entries::to_batch(rows)?)
    }

    /// Adds entries of one posting.
    pub fn posting(&mut self, of: (&BatchId, i64, &MemberId), entries: &[Entry]) -> Result<(), LedgerError> {
        if !entries.is_empty() {
            *self.batches.entry((of.0.clone(), of.1)).or_default() += entries.len() as u64;
        }
        self.write(&entries::posting_to_batch(of, entries)?)
    }

    /// Adds every row of another segment of the same kind and member, visible or not.
    pub fn append(&mut self, file_name: &str) -> Result<(), LedgerError> {
        let file = File::open(self.folder.join(file_name))?;
        let schema = self.kind.schema()?;
        for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
            // A segment of an earlier version lacks the newest columns.
            let batch = completed(&batch?, &schema)?;
            for (key, rows) in crate::verify::count_batch(&batch, self.kind)? {
                *self.batches.entry(key).or_default() += rows;
            }
            self.write(&batch)?;
        }
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), LedgerError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.writer.is_none() {
            let properties = properties(batch.schema_ref())?;
            let file = BufWriter::new(File::create(&self.temp)?);
            self.writer = Some(ArrowWriter::try_new(
                file,
                Arc::clone(batch.schema_ref()),
                Some(properties),
            )?);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(batch)?;
        }
        Ok(())
    }

    /// Makes the segment durable under its final name; `None` when no row was written.
    ///
    /// Fail-points: `segment.temp`, `segment.fsync`, `segment.rename`, `segment.dirsync`. A failure leaves
    /// an orphan at most, which counts for nothing.
    pub fn finish(mut self, steps: Steps<'_>) -> Result<Option<SegmentDescriptor>, LedgerError> {
        let Some(mut writer) = self.writer.take() else {
            return Ok(None);
        };
        let held: Vec<&(BatchId, i64)> = self.batches.keys().collect();
        let held = serde_json::to_string(&held).map_err(|error| LedgerError::Encoding(error.to_string()))?;
        writer.append_key_value_metadata(KeyValue::new(BATCHES_KEY.to_owned(), held));
        let mut file = writer.into_inner()?;
        steps("segment.temp")?;
        file.flush()?;
        file.get_ref().sync_all()?;
        steps("segment.fsync")?;
        let (hash, bytes) = hash_file(&self.temp)?;
        let id = hash[..32].to_owned();
        let file_name = format!("{id}.parquet");
        fs::rename(&self.temp, self.folder.join(&file_name))?;
        self.finished = true;
        steps("segment.rename")?;
        File::open(&self.folder)?.sync_all()?;
        steps("segment.dirsync")?;
        let batches: Vec<(BatchId, i64, u64)> = self
            .batches
            .iter()
            .map(|((batch, generation), rows)| (batch.clone(), *generation, *rows))
            .collect();
        Ok(Some(SegmentDescriptor {
            id,
            kind: self.kind,
            member: self.member.clone(),
            file_name,
            rows: batches.iter().map(|(_, _, rows)| rows).sum(),
            bytes,
            hash,
            batches,
        }))
    }
}

impl Drop for SegmentWriter {
    fn drop(&mut self) {
        if !self.finished {
            self.writer = None;
            // An unfinished file counts for nothing; what cannot be removed now, `doctor` removes.
            fs::remove_file(&self.temp).ok();
        }
    }
}

/// Texts repeat and are kept in dictionaries; amounts and row numbers seldom do, so that looking for each in a dictionary
/// would be work for nothing.
fn properties(schema: &SchemaRef) -> Result<WriterProperties, LedgerError> {
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for field in schema.fields() {
        if matches!(field.data_type(), DataType::Decimal128(..) | DataType::Int64) {
            let column = ColumnPath::from(field.name().as_str());
            builder = builder
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(builder.build())
}

/// BLAKE3 of a file, and its length.
pub(crate) fn hash_file(path: &Path) -> io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 17];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hasher.finalize().to_hex().to_string(), bytes));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}
