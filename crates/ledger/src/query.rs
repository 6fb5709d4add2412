//! Queries over segments and tail chunks of a snapshot. The SQL stands in constants and names its tables
//! `activities` and `entries`, so that the same text can run on more than one machine.

use std::fmt::Write as _;

use greenheart_model::{BatchId, FactorId, GasMasses, Text};
use greenheart_units::Amount;

use crate::columns::Reader;
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

pub(crate) const GASES: &str = "sum(co2) co2, sum(ch4_fossil) ch4_fossil, sum(ch4_biogenic) ch4_biogenic, sum(n2o) n2o, \
                     sum(co2_biogenic) co2_biogenic, sum(co2e_other) co2e_other";

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

    /// `order by` these columns, without those that the conditions fix: the engine takes a fixed column for
    /// ordered in one place of a plan and not in another, and then refuses the plan.
    fn order(&self, columns: &[&str]) -> String {
        let one_row = self.rows.is_some_and(|(first, last)| first == last);
        let fixed = |column: &str| {
            let equal = self
                .equal
                .iter()
                .any(|(name, values)| name == column && values.len() == 1);
            equal || (column == "row_no" && one_row)
        };
        let left: Vec<&str> = columns.iter().copied().filter(|column| !fixed(column)).collect();
        if left.is_empty() {
            String::new()
        } else {
            format!(" order by {}", left.join(", "))
        }
    }

    /// The conditions, each beginning with ` and`. Numbers are compared as numbers, so that what a segment
    /// says about its row groups is enough to pass over them.
    pub(crate) fn sql(&self) -> String {
        let mut sql = String::new();
        for (column, values) in &self.equal {
            let condition = match column.as_str() {
                "year" => any_of(values, |year| {
                    let first = i64::from(year) * 12;
                    format!("month between {first} and {}", first + 11)
                }),
                "category" | "month" => any_of(values, |number| format!("{column} = {number}")),
                _ => {
                    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
                    format!("{column} in ({})", values.join(", "))
                }
            };
            // Writing to a text cannot fail.
            let _ = write!(sql, " and {condition}");
        }
        if let Some((first, last)) = self.rows {
            let _ = write!(sql, " and row_no between {first} and {last}");
        }
        sql
    }
}

/// A condition on a column of numbers: one of the values. What is not written as the number it is equals none.
fn any_of(values: &[String], condition: impl Fn(i32) -> String) -> String {
    let numbers = values
        .iter()
        .filter_map(|text| text.parse::<i32>().ok().filter(|number| number.to_string() == *text));
    let conditions: Vec<String> = numbers.map(condition).collect();
    if conditions.is_empty() {
        "false".into()
    } else {
        format!("({})", conditions.join(" or "))
    }
}

/// A text in quotes, safe whatever stands in it.
pub(crate) fn literal(text: &str) -> String {
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
            "select * from activities where true{}{} limit {limit}",
            filter.sql(),
            filter.order(&["batch", "row_no"])
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
            "select * from entries where true{}{} limit {limit}",
            filter.sql(),
            filter.order(&["batch", "row_no", "basis", "category"])
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
            "select * from (select *, co2 + co2e_other emitted, \
             abs(coalesce(amount_nok, mass_kg, energy_kwh, 0)) behind from entries where true{}){} limit {limit}",
            filter.sql(),
            filter.order(&["emitted desc", "behind desc", "batch", "row_no", "basis", "category"])
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            rows.extend(entries::from_batch(&batch)?);
        }
        Ok(rows)
    }

    /// What each factor and rule contributed, the largest first.
    pub async fn by_factor(&self, sources: &Sources, filter: &Filter) -> Result<Vec<FactorTotal>, LedgerError> {
        let sql = format!(
            "select * from (select factor, rule, {GASES}, sum(amount_nok) amount_nok, sum(energy_kwh) energy_kwh, \
             sum(mass_kg) mass_kg, count(*) n from entries where true{} group by factor, rule) \
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
}

pub(crate) fn gases(reader: &Reader<'_>) -> Result<Vec<GasMasses>, LedgerError> {
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

pub(crate) fn count(value: Option<i64>) -> u64 {
    u64::try_from(value.unwrap_or_default()).unwrap_or_default()
}
