//! Questions about lines that no partial sum answers: which factors a line rests on, and how much was carried.

use greenheart_model::{BatchId, Category, FactorId, GasMasses, Method, Scope, Scope2Basis, Text};
use greenheart_units::Amount;

use crate::columns::{Reader, required};
use crate::query::{GASES, Sources, gases};
use crate::{Kind, Ledger, LedgerError};

/// What one factor contributed to a line of a posting in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFactor {
    /// Posting: batch and generation.
    pub posting: (BatchId, i64),
    /// Calendar year.
    pub year: i16,
    /// Which account of bought energy.
    pub basis: Scope2Basis,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Reporting line.
    pub line: Text,
    /// How.
    pub method: Method,
    /// The factor; `None` for rows without one.
    pub factor: Option<FactorId>,
    /// kg of each gas.
    pub gases: GasMasses,
}

/// Freight of a batch, as its records state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreightWork {
    /// Batch.
    pub batch: BatchId,
    /// Calendar year in which it began.
    pub year: i16,
    /// Mode or vehicle class.
    pub item: Text,
    /// Tonne-kilometres.
    pub tonne_km: Amount,
}

impl Ledger {
    /// What each factor contributed to each line of each posting and year, in scopes 1 to 3.
    pub async fn factors_of_lines(&self, sources: &Sources) -> Result<Vec<LineFactor>, LedgerError> {
        let keys = "batch, generation, year, basis, scope, category, line, method, factor";
        let sql = format!(
            "select * from (select {keys}, {GASES} from (select *, month / 12 as year from entries) \
             where scope in ('1', '2', '3') group by {keys}) order by {keys}"
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            let reader = Reader::new(&batch);
            let (batches, generations) = (reader.texts("batch")?, reader.numbers("generation")?);
            let (years, bases) = (reader.numbers("year")?, reader.named("basis")?);
            let (scopes, categories) = (reader.named("scope")?, reader.numbers("category")?);
            let (lines, methods, factors) = (reader.texts("line")?, reader.named("method")?, reader.texts("factor")?);
            let gases = gases(&reader)?;
            for at in 0..batch.num_rows() {
                rows.push(LineFactor {
                    posting: (
                        BatchId::from(required(batches[at].clone(), "batch")?),
                        required(generations[at], "generation")?,
                    ),
                    year: year(years[at])?,
                    basis: required(bases[at], "basis")?,
                    scope: required(scopes[at], "scope")?,
                    category: u8::try_from(categories[at].unwrap_or_default()).unwrap_or_default(),
                    line: required(lines[at].clone(), "line")?,
                    method: required(methods[at], "method")?,
                    factor: factors[at].clone().map(FactorId::from),
                    gases: gases[at],
                });
            }
        }
        Ok(rows)
    }

    /// Freight work of each batch, by the year in which it began and item. `sources` are of activities.
    pub async fn freight_work(&self, sources: &Sources) -> Result<Vec<FreightWork>, LedgerError> {
        let keys = "batch, year, item";
        let sql = format!(
            "select * from (select {keys}, sum(quantity) tonne_km from \
             (select *, date_part('year', period_from) as year from activities) \
             where kind = 'transport' and dimension = 'freight_work' group by {keys}) order by {keys}"
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Activities, sources, sql).await? {
            let reader = Reader::new(&batch);
            let (batches, years) = (reader.texts("batch")?, reader.numbers("year")?);
            let (items, work) = (reader.texts("item")?, reader.amounts("tonne_km")?);
            for at in 0..batch.num_rows() {
                rows.push(FreightWork {
                    batch: BatchId::from(required(batches[at].clone(), "batch")?),
                    year: year(years[at])?,
                    item: required(items[at].clone(), "item")?,
                    tonne_km: work[at].unwrap_or_default(),
                });
            }
        }
        Ok(rows)
    }
}

fn year(value: Option<i64>) -> Result<i16, LedgerError> {
    let value = required(value, "year")?;
    i16::try_from(value).map_err(|_| LedgerError::Encoding(format!("{value} is no year")))
}
