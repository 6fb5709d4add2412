//! Factor sets as files: the one that is built in, reading and writing.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use csv::StringRecord;
use greenheart_model::{Date, Factor, FactorBasis, FactorId, FactorSet, FactorSetError, Gas, GwpSet, Pedigree};
use greenheart_units::{Basis, Dimension, Rate};

/// Version of the set that is built in.
pub const SHIPPED_VERSION: &str = "greenheart-2026.1";

/// Its table, with sources in `data/factors/SOURCES.md`.
const SHIPPED: &str = include_str!("../../../data/factors/greenheart-2026.1.csv");

/// More rows than any published set has; what is longer is not a factor table.
const MOST_ROWS: usize = 200_000;

const COLUMNS: [&str; 24] = [
    "id",
    "item",
    "aspect",
    "name_en",
    "name_nb",
    "dimension",
    "basis",
    "co2",
    "ch4_fossil",
    "ch4_biogenic",
    "n2o",
    "co2_biogenic",
    "co2e_other",
    "region",
    "data_year",
    "published",
    "valid_from",
    "valid_to",
    "entered",
    "gwp",
    "pedigree",
    "citation",
    "licence",
    "remark",
];

/// Why a factor file was refused.
#[derive(Debug, thiserror::Error)]
pub enum FactorFileError {
    /// The file is not a table with the columns of the format.
    #[error("the factor table cannot be read")]
    Table(#[from] csv::Error),
    /// A column of the format is absent.
    #[error("the column `{0}` is missing")]
    Column(&'static str),
    /// A field does not hold what its column says.
    #[error("line {line}, `{column}`: {problem}")]
    Field {
        /// Line of the file, from 1.
        line: u64,
        /// Column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// More rows than a factor set has.
    #[error("the table has more than {MOST_ROWS} rows")]
    TooLong,
    /// The set as a whole is wrong.
    #[error(transparent)]
    Set(#[from] FactorSetError),
}

/// The factors that are built in; each with its citation.
///
/// # Panics
/// When the built-in table is malformed, which a test rules out.
pub fn shipped() -> FactorSet {
    match parse(SHIPPED.as_bytes(), SHIPPED_VERSION) {
        Ok(set) => set,
        Err(error) => panic!("the built-in factors: {error}"),
    }
}

/// Reads a factor table (columns: `docs/concepts/factors.md`) as the set `version`.
///
/// # Units
/// kg of each gas per base unit of the dimension: per kg, kWh, m³, tkm, pkm, km, NOK.
/// # Errors
/// [`FactorFileError`]: the first field that cannot be read, with line and column.
pub fn parse(reader: impl Read, version: &str) -> Result<FactorSet, FactorFileError> {
    let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(reader);
    let headers = table.headers()?.clone();
    let mut at = BTreeMap::new();
    for column in COLUMNS {
        let position = headers.iter().position(|header| header == column);
        at.insert(column, position.ok_or(FactorFileError::Column(column))?);
    }
    let mut factors = Vec::new();
    for record in table.records() {
        let record = record?;
        if factors.len() == MOST_ROWS {
            return Err(FactorFileError::TooLong);
        }
        let line = record.position().map_or(0, csv::Position::line);
        factors.push(factor(&Row {
            record: &record,
            at: &at,
            line,
        })?);
    }
    Ok(FactorSet::new(version, factors)?)
}

/// Writes a set so that [`parse`] reads the same one back.
///
/// # Errors
/// Of the writer.
pub fn write(set: &FactorSet, writer: impl Write) -> Result<(), FactorFileError> {
    let mut table = csv::Writer::from_writer(writer);
    table.write_record(COLUMNS)?;
    for factor in set.factors() {
        table.write_record(fields(factor))?;
    }
    table.flush().map_err(csv::Error::from)?;
    Ok(())
}

struct Row<'a> {
    record: &'a StringRecord,
    at: &'a BTreeMap<&'static str, usize>,
    line: u64,
}

impl Row<'_> {
    fn text(&self, column: &'static str) -> &str {
        self.record.get(self.at[column]).unwrap_or_default().trim()
    }
    fn read<T>(&self, column: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, FactorFileError> {
        let text = self.text(column);
        read(text).ok_or_else(|| FactorFileError::Field {
            line: self.line,
            column,
            problem: format!("`{}` is not understood", text.chars().take(80).collect::<String>()),
        })
    }
    fn required(&self, column: &'static str) -> Result<std::sync::Arc<str>, FactorFileError> {
        self.read(column, |text| (!text.is_empty()).then(|| text.into()))
    }
    fn date(&self, column: &'static str) -> Result<Date, FactorFileError> {
        self.read(column, |text| text.parse().ok())
    }
}

fn factor(row: &Row<'_>) -> Result<Factor, FactorFileError> {
    let valid_to = match row.text("valid_to") {
        "" => None,
        _ => Some(row.date("valid_to")?),
    };
    Ok(Factor {
        id: FactorId::new(row.required("id")?),
        item: row.required("item")?,
        aspect: row.required("aspect")?,
        name_en: row.required("name_en")?,
        name_nb: row.required("name_nb")?,
        gases: gases(row)?,
        per: FactorBasis {
            dimension: row.read("dimension", Dimension::from_name)?,
            basis: row.read("basis", Basis::from_name)?,
        },
        region: row.required("region")?,
        data_year: row.read("data_year", |text| text.parse().ok())?,
        published: row.date("published")?,
        valid_from: row.date("valid_from")?,
        valid_to,
        entered: row.date("entered")?,
        gwp: row.read("gwp", |text| text.parse::<GwpSet>().ok())?,
        pedigree: row.read("pedigree", pedigree)?,
        citation: row.required("citation")?,
        licence: row.required("licence")?,
        remark: row.text("remark").into(),
    })
}

fn gases(row: &Row<'_>) -> Result<BTreeMap<Gas, Rate>, FactorFileError> {
    let mut gases = BTreeMap::new();
    for gas in Gas::ALL {
        if !row.text(gas.name()).is_empty() {
            gases.insert(*gas, row.read(gas.name(), |text| text.parse().ok())?);
        }
    }
    Ok(gases)
}

/// Five digits from 1 to 5, as in `23121`.
fn pedigree(text: &str) -> Option<Pedigree> {
    let scores: Pedigree = text.as_bytes().try_into().ok()?;
    let scores = scores.map(|digit| digit.wrapping_sub(b'0'));
    scores.iter().all(|score| (1..=5).contains(score)).then_some(scores)
}

fn fields(factor: &Factor) -> Vec<String> {
    let gas = |gas: Gas| factor.gases.get(&gas).map_or_else(String::new, Rate::to_string);
    let mut fields = vec![
        factor.id.to_string(),
        factor.item.to_string(),
        factor.aspect.to_string(),
        factor.name_en.to_string(),
        factor.name_nb.to_string(),
        factor.per.dimension.name().to_owned(),
        factor.per.basis.name().to_owned(),
    ];
    fields.extend(Gas::ALL.iter().map(|kind| gas(*kind)));
    fields.extend([
        factor.region.to_string(),
        factor.data_year.to_string(),
        factor.published.to_string(),
        factor.valid_from.to_string(),
        factor.valid_to.map_or_else(String::new, |date| date.to_string()),
        factor.entered.to_string(),
        factor.gwp.to_string(),
        factor.pedigree.iter().map(u8::to_string).collect(),
        factor.citation.to_string(),
        factor.licence.to_string(),
        factor.remark.to_string(),
    ]);
    fields
}
