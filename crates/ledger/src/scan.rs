//! From a snapshot to a table that the engine can read: only what is visible, at the least cost.
//!
//! A segment says itself which batches and generations it holds. Where all of them are visible its rows
//! need no look at all; only the others, and the tail, are filtered row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext};
use greenheart_model::BatchId;

use crate::columns::{completed, from_stream};
use crate::query::{Sources, literal};
use crate::segment::BATCHES_KEY;
use crate::{Kind, Ledger, LedgerError};

/// Rows that the engine hands over at once.
const BATCH_ROWS: usize = 8_192;

/// Batches and generations that a segment holds.
type Held = Arc<BTreeSet<(BatchId, i64)>>;

/// What each segment that was opened holds. Segments never change.
pub(crate) type Contents = Mutex<BTreeMap<String, Held>>;

impl Ledger {
    /// Runs a query on the ledger's own threads and collects what it gives.
    pub(crate) async fn run(
        &self,
        kind: Kind,
        sources: &Sources,
        sql: String,
    ) -> Result<Vec<RecordBatch>, LedgerError> {
        let Some(table) = self.table(kind, sources)? else {
            return Ok(Vec::new());
        };
        self.spawn(async move { Ok(table.query(&sql).await?.collect().await?) })
            .await
    }

    /// Begins a query; its rows come in as many streams as there are threads.
    pub(crate) async fn streams(
        &self,
        kind: Kind,
        sources: &Sources,
        sql: String,
    ) -> Result<Vec<SendableRecordBatchStream>, LedgerError> {
        let Some(table) = self.table(kind, sources)? else {
            return Ok(Vec::new());
        };
        self.spawn(async move { Ok(table.query(&sql).await?.execute_stream_partitioned().await?) })
            .await
    }

    /// Works on each stream at the same time, on the ledger's own threads.
    pub(crate) async fn each<T, F>(
        &self,
        streams: Vec<SendableRecordBatchStream>,
        work: impl Fn(SendableRecordBatchStream) -> F,
    ) -> Result<Vec<T>, LedgerError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LedgerError>> + Send + 'static,
    {
        futures::future::try_join_all(streams.into_iter().map(|stream| self.spawn(work(stream)))).await
    }

    async fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, LedgerError>> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let stopped = |why: String| LedgerError::Encoding(format!("a query was stopped: {why}"));
        let runtime = self
            .runtime
            .as_ref()
            .ok_or_else(|| stopped("the ledger is closing".into()))?;
        let task = AbortOnDrop(runtime.spawn(task));
        task.join().await.map_err(|error| stopped(error.to_string()))?
    }

    /// What the snapshot sees as a table; `None` when that is nothing.
    fn table(&self, kind: Kind, sources: &Sources) -> Result<Option<Table>, LedgerError> {
        if sources.visible.is_empty() || (sources.segments.is_empty() && sources.tail.is_empty()) {
            return Ok(None);
        }
        let visible: BTreeSet<(&BatchId, i64)> = sources
            .visible
            .iter()
            .map(|(batch, generation)| (batch, *generation))
            .collect();
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        for name in &sources.segments {
            let path = self.folder.join(name).to_string_lossy().into_owned();
            let contents = self.contents(name)?;
            let all = !contents.is_empty()
                && contents.iter().all(|(batch, generation)| {
                    visible.contains(&(batch, *generation)) || visible.contains(&(batch, 0))
                });
            if all { whole.push(path) } else { parts.push(path) }
        }
        let (mut tail, schema) = (Vec::new(), kind.schema()?);
        for bytes in &sources.tail {
            for batch in from_stream(bytes)? {
                tail.push(completed(&batch, &schema)?);
            }
        }
        let config = SessionConfig::new()
            .with_target_partitions(self.limits.threads)
            .with_batch_size(BATCH_ROWS)
            .with_collect_statistics(false);
        Ok(Some(Table {
            context: SessionContext::new_with_config_rt(config, Arc::clone(&self.environment)),
            kind,
            whole,
            parts,
            tail,
            condition: condition(sources),
        }))
    }

    /// Which batches and generations a segment holds, as its own footer says; nothing when it does not say.
    fn contents(&self, name: &str) -> Result<Held, LedgerError> {
        if let Some(contents) = self.known_contents().get(name) {
            return Ok(Arc::clone(contents));
        }
        let reader = SerializedFileReader::new(File::open(self.folder.join(name))?)?;
        let pairs = reader.metadata().file_metadata().key_value_metadata();
        let said = pairs.into_iter().flatten().find(|pair| pair.key == BATCHES_KEY);
        let contents: BTreeSet<(BatchId, i64)> = said
            .and_then(|pair| pair.value.as_deref())
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| LedgerError::Encoding(format!("segment `{name}`: {error}")))?
            .unwrap_or_default();
        let contents = Arc::new(contents);
        self.known_contents().insert(name.to_owned(), Arc::clone(&contents));
        Ok(contents)
    }

    fn known_contents(&self) -> MutexGuard<'_, BTreeMap<String, Held>> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> AbortOnDrop<T> {
    async fn join(mut self) -> Result<T, tokio::task::JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a query reads.
struct Table {
    context: SessionContext,
    kind: Kind,
    whole: Vec<String>,
    parts: Vec<String>,
    tail: Vec<RecordBatch>,
    condition: String,
}

impl Table {
    async fn query(self, sql: &str) -> Result<DataFrame, LedgerError> {
        let mut all: Option<DataFrame> = None;
        let schema = self.kind.schema()?;
        for (paths, filtered) in [(self.whole, false), (self.parts, true)] {
            if !paths.is_empty() {
                let options = ParquetReadOptions::default().schema(&schema);
                let frame = self.context.read_parquet(paths, options).await?;
                all = Some(united(all, visible(frame, filtered, &self.condition)?)?);
            }
        }
        if let Some(first) = self.tail.first() {
            let table = MemTable::try_new(Arc::clone(first.schema_ref()), vec![self.tail.clone()])?;
            let frame = self.context.read_table(Arc::new(table))?;
            all = Some(united(all, visible(frame, true, &self.condition)?)?);
        }
        if let Some(all) = all {
            self.context.register_table(self.kind.name(), all.into_view())?;
        }
        Ok(self.context.sql(sql).await?)
    }
}

fn visible(frame: DataFrame, filtered: bool, condition: &str) -> Result<DataFrame, LedgerError> {
    if !filtered {
        return Ok(frame);
    }
    let condition = frame.parse_sql_expr(condition)?;
    Ok(frame.filter(condition)?)
}

fn united(all: Option<DataFrame>, more: DataFrame) -> Result<DataFrame, LedgerError> {
    Ok(match all {
        // By name: a chunk or segment of an earlier version lacks the newest columns.
        Some(all) => all.union_by_name(more)?,
        None => more,
    })
}

/// The condition that only visible rows fulfil.
fn condition(sources: &Sources) -> String {
    let mut generations: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (batch, generation) in &sources.visible {
        generations
            .entry(*generation)
            .or_default()
            .push(literal(batch.as_str()));
    }
    let conditions: Vec<String> = generations
        .into_iter()
        .map(|(generation, batches)| {
            let list = batches.join(", ");
            if generation == 0 {
                format!("batch in ({list})")
            } else {
                format!("(generation = {generation} and batch in ({list}))")
            }
        })
        .collect();
    conditions.join(" or ")
}
