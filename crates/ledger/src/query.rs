//! Queries over segments and tail chunks of a snapshot. The SQL stands in constants and names its tables
//! `activities` and `entries`, so that the same text can run on more than one machine.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use greenheart_model::{BatchId, FactorId, GasMasses, Text};
use greenheart_units::Amount;

use crate::columns::{Reader, from_stream, required};
use crate::{ActivityRow, EntryRow, Kind, Ledger, LedgerError, activities, entries};

/// What a snapshot sees.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Files in the folder of segments.
    pub segments: Vec<String>,
    /// Encoded chunks of the tail.
    pub tail: Vec<Vec<u8>>,
    /// The visible batches with the generation that counts (0 for activities). Rows of other batches in the
    /// same segments are never returned.
    pub visible: Vec<(BatchId, i64)>,
}

/// Which rows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Conditions `column = text`, or one of several texts; `year` is a column too.
    pub equal: Vec<(String, Vec<String>)>,
    /// Only rows from the first to the last of these numbers.
    pub rows: Option<(u64, u64)>,
}

/// A column to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Member.
    Member,
    /// Scope.
    Scope,
    /// Scope 3 category.
    Category,
    /// Calendar year.
    Year,
    /// Reporting line.
    Line,
    /// Method.
    Method,
    /// Class.
    Class,
}

/// A total with the values of the dimensions, in the order asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalRow {
    /// Values of the dimensions.
    pub key: Vec<Text>,
    /// kg of each gas.
    pub gases: GasMasses,
    /// Rows.
    pub rows: u64,
}

/// What one factor contributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorTotal {
    /// The factor; `None` for rows without one.
    pub factor: Option<FactorId>,
    /// The rule that applied it.
    pub rule: Text,
    /// kg of each gas.
    pub gases: GasMasses,
    /// NOK behind it.
    pub amount_nok: Option<Amount>,
    /// kWh behind it.
    pub energy_kwh: Option<Amount>,
    /// kg of material behind it.
    pub mass_kg: Option<Amount>,
    /// Rows.
    pub rows: u64,
}

const GASES: &str = "sum(co2) co2, sum(ch4_fossil) ch4_fossil, sum(ch4_biogenic) ch4_biogenic, sum(n2o) n2o, \
                     sum(co2_biogenic) co2_biogenic, sum(co2e_other) co2e_other";

impl Dimension {
    const fn sql(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Scope => "scope",
            Self::Category => "category",
            Self::Year => "month / 12",
            Self::Line => "line",
            Self::Method => "method",
            Self::Class => "class",
        }
    }
}

impl Filter {
    /// Rows of one batch and row number.
    pub fn row(batch: &BatchId, row_no: u64) -> Self {
        Self {
            equal: vec![("batch".into(), vec![batch.to_string()])],
            rows: Some((row_no, row_no)),
        }
    }

    /// Adds a condition.
    pub fn with(mut self, column: &str, text: impl Into<String>) -> Self {
        self.equal.push((column.to_owned(), vec![text.into()]));
        self
    }

    /// Adds a condition that one of several texts fulfils.
    pub fn with_any(mut self, column: &str, texts: &[&str]) -> Self {
        self.equal
            .push((column.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect()));
        self
    }

    fn sql(&self) -> String {
        let mut sql = String::new();
        for (column, values) in &self.equal {
            let name = if column == "year" { "month / 12" } else { column };
            let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
            let cast = if matches!(column.as_str(), "year" | "category" | "month") {
                "bigint"
            } else {
                "varchar"
            };
            let values = values.join(", ");
            let name = if cast == "bigint" {
                format!("cast({name} as varchar)")
            } else {
                name.to_owned()
            };
            // Writing to a text cannot fail.
            let _ = write!(sql, " and {name} in ({values})");
        }
        if let Some((first, last)) = self.rows {
            let _ = write!(sql, " and row_no between {first} and {last}");
        }
        sql
    }
}

/// A text in quotes, safe whatever stands in it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Ledger {
    /// Activities, by batch and row.
    pub async fn activities(
        &self,
        sources: &Sources,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<ActivityRow>, LedgerError> {
        let sql = format!(
            "select * from activities where {{visible}}{} order by batch, row_no limit {limit}",
            filter.sql()
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Activities, sources, sql).await? {
            rows.extend(activities::from_batch(&batch)?);
        }
        Ok(rows)
    }

    /// Entries, by batch, row and basis.
    pub async fn entries(
        &self,
        sources: &Sources,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<EntryRow>, LedgerError> {
        let sql = format!(
            "select * from entries where {{visible}}{} order by batch, row_no, basis, category limit {limit}",
            filter.sql()
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            rows.extend(entries::from_batch(&batch)?);
        }
        Ok(rows)
    }

    /// The entries with the largest amounts or masses behind them, for showing what a figure rests on.
    pub async fn largest_entries(
        &self,
        sources: &Sources,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<EntryRow>, LedgerError> {
        let sql = format!(
            "select * from entries where {{visible}}{} order by co2 + co2e_other desc, abs(coalesce(amount_nok, mass_kg, energy_kwh, 0)) desc, batch, row_no, basis, category limit {limit}",
            filter.sql()
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            rows.extend(entries::from_batch(&batch)?);
        }
        Ok(rows)
    }

    /// Exact totals by the given dimensions, in their order.
    pub async fn totals(
        &self,
        sources: &Sources,
        dimensions: &[Dimension],
        filter: &Filter,
    ) -> Result<Vec<TotalRow>, LedgerError> {
        let keys: Vec<String> = dimensions
            .iter()
            .enumerate()
            .map(|(at, dimension)| format!("cast({} as varchar) k{at}", dimension.sql()))
            .collect();
        let names: Vec<String> = (0..dimensions.len()).map(|at| format!("k{at}")).collect();
        let groups: Vec<&str> = dimensions.iter().map(|dimension| dimension.sql()).collect();
        let sql = format!(
            "select {}, {GASES}, count(*) n from entries where {{visible}}{} group by {} order by {}",
            keys.join(", "),
            filter.sql(),
            groups.join(", "),
            names.join(", ")
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            let reader = Reader::new(&batch);
            let keys = names
                .iter()
                .map(|name| reader.texts(name))
                .collect::<Result<Vec<_>, _>>()?;
            let (gases, counts) = (gases(&reader)?, reader.numbers("n")?);
            for at in 0..batch.num_rows() {
                let key = keys
                    .iter()
                    .map(|column| required(column[at].clone(), "key"))
                    .collect::<Result<_, _>>()?;
                rows.push(TotalRow {
                    key,
                    gases: gases[at],
                    rows: count(counts[at]),
                });
            }
        }
        Ok(rows)
    }

    /// What each factor and rule contributed, the largest first.
    pub async fn by_factor(&self, sources: &Sources, filter: &Filter) -> Result<Vec<FactorTotal>, LedgerError> {
        let sql = format!(
            "select * from (select factor, rule, {GASES}, sum(amount_nok) amount_nok, sum(energy_kwh) energy_kwh, \
             sum(mass_kg) mass_kg, count(*) n from entries where {{visible}}{} group by factor, rule) \
             order by co2 + co2e_other desc, factor, rule",
            filter.sql()
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            let reader = Reader::new(&batch);
            let (factors, rules) = (reader.texts("factor")?, reader.texts("rule")?);
            let (nok, energy, mass) = (
                reader.amounts("amount_nok")?,
                reader.amounts("energy_kwh")?,
                reader.amounts("mass_kg")?,
            );
            let (gases, counts) = (gases(&reader)?, reader.numbers("n")?);
            for at in 0..batch.num_rows() {
                rows.push(FactorTotal {
                    factor: factors[at].as_deref().map(FactorId::new),
                    rule: rules[at].clone().unwrap_or_default(),
                    gases: gases[at],
                    amount_nok: nok[at],
                    energy_kwh: energy[at],
                    mass_kg: mass[at],
                    rows: count(counts[at]),
                });
            }
        }
        Ok(rows)
    }

    /// Runs a query on the ledger's own threads. `{visible}` in it becomes the condition of visibility.
    async fn run(&self, kind: Kind, sources: &Sources, sql: String) -> Result<Vec<RecordBatch>, LedgerError> {
        if sources.visible.is_empty() || (sources.segments.is_empty() && sources.tail.is_empty()) {
            return Ok(Vec::new());
        }
        let context = self.context();
        let paths: Vec<String> = sources
            .segments
            .iter()
            .map(|name| self.folder.join(name).to_string_lossy().into_owned())
            .collect();
        let tail = sources.tail.clone();
        let sql = sql.replace("{visible}", &visible(sources));
        let task = async move {
            register(&context, kind, paths, &tail).await?;
            Ok::<_, LedgerError>(context.sql(&sql).await?.collect().await?)
        };
        let Some(runtime) = &self.runtime else {
            return Ok(Vec::new());
        };
        runtime
            .spawn(task)
            .await
            .map_err(|error| LedgerError::Encoding(format!("a query was stopped: {error}")))?
    }

    fn context(&self) -> SessionContext {
        let config = SessionConfig::new().with_target_partitions(self.limits.threads);
        SessionContext::new_with_config_rt(config, Arc::clone(&self.environment))
    }
}

/// Registers segments and tail together as one table.
async fn register(
    context: &SessionContext,
    kind: Kind,
    paths: Vec<String>,
    tail: &[Vec<u8>],
) -> Result<(), LedgerError> {
    let mut chunks = Vec::new();
    for bytes in tail {
        chunks.extend(from_stream(bytes)?);
    }
    let segments = if paths.is_empty() {
        None
    } else {
        Some(context.read_parquet(paths, ParquetReadOptions::default()).await?)
    };
    let memory = match chunks.first() {
        None => None,
        Some(first) => {
            let table = MemTable::try_new(Arc::clone(first.schema_ref()), vec![chunks.clone()])?;
            Some(context.read_table(Arc::new(table))?)
        }
    };
    let all = match (segments, memory) {
        (Some(segments), Some(memory)) => segments.union_by_name(memory)?,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return Ok(()),
    };
    context.register_table(kind.name(), all.into_view())?;
    Ok(())
}

/// The condition that only visible rows fulfil.
fn visible(sources: &Sources) -> String {
    let mut generations: std::collections::BTreeMap<i64, Vec<String>> = std::collections::BTreeMap::new();
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
    format!("({})", conditions.join(" or "))
}

fn gases(reader: &Reader<'_>) -> Result<Vec<GasMasses>, LedgerError> {
    let column = |name: &str| reader.amounts(name);
    let (co2, ch4_fossil, ch4_biogenic) = (column("co2")?, column("ch4_fossil")?, column("ch4_biogenic")?);
    let (n2o, co2_biogenic, co2e_other) = (column("n2o")?, column("co2_biogenic")?, column("co2e_other")?);
    Ok((0..co2.len())
        .map(|at| GasMasses {
            co2: co2[at].unwrap_or_default(),
            ch4_fossil: ch4_fossil[at].unwrap_or_default(),
            ch4_biogenic: ch4_biogenic[at].unwrap_or_default(),
            n2o: n2o[at].unwrap_or_default(),
            co2_biogenic: co2_biogenic[at].unwrap_or_default(),
            co2e_other: co2e_other[at].unwrap_or_default(),
        })
        .collect())
}

fn count(value: Option<i64>) -> u64 {
    u64::try_from(value.unwrap_or_default()).unwrap_or_default()
}
