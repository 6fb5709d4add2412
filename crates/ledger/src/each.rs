//! Activities one portion after the other, in the order they were written: for posting a batch again, however large.

use std::collections::BTreeSet;
use std::fs::File;

use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::metadata::RowGroupMetaData;
use datafusion::parquet::file::statistics::Statistics;

use crate::columns::{Reader, completed, from_stream};
use crate::query::Sources;
use crate::{ActivityRow, Kind, Ledger, LedgerError, activities};

/// Rows handed over at once, at most: so few that all that is made of them stays in the caches of the processor.
const PORTION: usize = 2_048;

impl Ledger {
    /// Hands over every visible activity, in bounded portions; a batch lies in one segment or in the tail, so that its
    /// rows come in their order.
    ///
    /// # Errors
    /// Those of the disk and of `visit`, which ends the reading.
    pub fn each_activity<E: From<LedgerError>>(
        &self,
        sources: &Sources,
        visit: &mut impl FnMut(Vec<ActivityRow>) -> Result<(), E>,
    ) -> Result<(), E> {
        let wanted: BTreeSet<&str> = sources.visible.iter().map(|(batch, _)| batch.as_str()).collect();
        let schema = Kind::Activities.schema()?;
        let mut hand_over = |rows: RecordBatch| {
            let Some(rows) = visible(rows, &wanted)? else {
                return Ok(());
            };
            visit(activities::from_batch(&completed(&rows, &schema)?)?)
        };
        for name in &sources.segments {
            let file = File::open(self.folder.join(name)).map_err(LedgerError::from)?;
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(LedgerError::from)?;
            let groups = builder.metadata().row_groups().iter().enumerate();
            let groups = groups.filter(|(_, group)| may_hold(group, &wanted)).map(|(at, _)| at);
            let groups = groups.collect();
            let reader = builder.with_row_groups(groups).with_batch_size(PORTION).build();
            for rows in reader.map_err(LedgerError::from)? {
                hand_over(rows.map_err(LedgerError::from)?)?;
            }
        }
        for chunk in &sources.tail {
            for rows in from_stream(chunk)? {
                hand_over(rows)?;
            }
        }
        Ok(())
    }
}

/// The rows of wanted batches; `None` when there are none.
fn visible(rows: RecordBatch, wanted: &BTreeSet<&str>) -> Result<Option<RecordBatch>, LedgerError> {
    let batches = Reader::new(&rows).texts("batch")?;
    let kept: BooleanArray = batches
        .iter()
        .map(|batch| Some(batch.as_deref().is_some_and(|batch| wanted.contains(batch))))
        .collect();
    Ok(match kept.true_count() {
        0 => None,
        count if count == kept.len() => Some(rows),
        _ => Some(filter_record_batch(&rows, &kept)?),
    })
}

/// Whether a row group may hold rows of a wanted batch, as far as its statistics say.
fn may_hold(group: &RowGroupMetaData, wanted: &BTreeSet<&str>) -> bool {
    let column = group
        .columns()
        .iter()
        .find(|column| column.column_descr().name() == "batch");
    let Some(Statistics::ByteArray(bounds)) = column.and_then(|column| column.statistics()) else {
        return true;
    };
    let (Some(least), Some(most)) = (bounds.min_opt(), bounds.max_opt()) else {
        return true;
    };
    wanted
        .iter()
        .any(|batch| least.data() <= batch.as_bytes() && batch.as_bytes() <= most.data())
}
