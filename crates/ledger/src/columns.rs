//! Building and reading columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, Int64Builder,
    RecordBatch, StringDictionaryBuilder, new_null_array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema, SchemaRef};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use greenheart_model::{Date, Text};
use greenheart_units::Amount;

use crate::LedgerError;

/// Decimal(18,6): what the ledger stores of every kg, kWh and krone.
pub(crate) const DECIMAL: DataType = DataType::Decimal128(18, 6);
const LIMIT: i128 = 10_i128.pow(18);

/// Texts that repeat.
#[derive(Default)]
pub(crate) struct Texts(StringDictionaryBuilder<Int32Type>);
/// Amounts at scale 6.
pub(crate) struct Decimals(Decimal128Builder);
/// Whole numbers.
#[derive(Default)]
pub(crate) struct Numbers(Int64Builder);
/// Small whole numbers.
#[derive(Default)]
pub(crate) struct Small(Int32Builder);
/// Days.
#[derive(Default)]
pub(crate) struct Days(Date32Builder);
/// Yes or no.
#[derive(Default)]
pub(crate) struct Flags(BooleanBuilder);

impl Default for Decimals {
    fn default() -> Self {
        Self(Decimal128Builder::new().with_data_type(DECIMAL))
    }
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.0.append_value(text);
    }
    pub(crate) fn push_option(&mut self, text: Option<&str>) {
        self.0.append_option(text);
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
impl Decimals {
    pub(crate) fn push(&mut self, amount: Amount) -> Result<(), LedgerError> {
        if amount.mantissa().abs() >= LIMIT {
            return Err(LedgerError::TooLarge(amount));
        }
        self.0.append_value(amount.mantissa());
        Ok(())
    }
    pub(crate) fn push_option(&mut self, amount: Option<Amount>) -> Result<(), LedgerError> {
        if let Some(amount) = amount {
            return self.push(amount);
        }
        self.0.append_null();
        Ok(())
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
impl Numbers {
    pub(crate) fn push(&mut self, value: u64) {
        self.0.append_value(i64::try_from(value).unwrap_or(i64::MAX));
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
impl Small {
    pub(crate) fn push(&mut self, value: i32) {
        self.0.append_value(value);
    }
    pub(crate) fn push_option(&mut self, value: Option<i32>) {
        self.0.append_option(value);
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
impl Days {
    pub(crate) fn push(&mut self, date: Date) {
        self.0.append_value(days_of(date));
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
impl Flags {
    pub(crate) fn push(&mut self, flag: bool) {
        self.0.append_value(flag);
    }
    pub(crate) fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

fn days_of(date: Date) -> i32 {
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

fn date_of(days: i32) -> Result<Date, LedgerError> {
    EPOCH
        .checked_add(jiff::Span::new().days(days))
        .map_err(|_| LedgerError::Encoding(format!("day {days} is outside the calendar")))
}

/// A batch of the named columns.
pub(crate) fn record_batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, LedgerError> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// The batch with every column of `schema`, those that it lacks without a value: a chunk of an earlier version.
pub(crate) fn completed(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, LedgerError> {
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        columns.push(match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type())?,
            None => new_null_array(field.data_type(), batch.num_rows()),
        });
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Encodes a batch as an Arrow stream.
pub(crate) fn to_stream(batch: &RecordBatch) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, batch.schema_ref())?;
    writer.write(batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

/// Decodes an Arrow stream.
pub(crate) fn from_stream(bytes: &[u8]) -> Result<Vec<RecordBatch>, LedgerError> {
    Ok(StreamReader::try_new(bytes, None)?.collect::<Result<Vec<_>, _>>()?)
}

/// Columns of a batch by name, whatever text representation the engine chose.
pub(crate) struct Reader<'a> {
    batch: &'a RecordBatch,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(batch: &'a RecordBatch) -> Self {
        Self { batch }
    }

    fn column(&self, name: &str, kind: &DataType) -> Result<ArrayRef, LedgerError> {
        let column = self
            .batch
            .column_by_name(name)
            .ok_or_else(|| LedgerError::Encoding(format!("there is no column `{name}`")))?;
        Ok(cast(column, kind)?)
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Vec<Option<Text>>, LedgerError> {
        let column = self.column(name, &DataType::Utf8)?;
        let mut known: std::collections::BTreeMap<&str, Text> = std::collections::BTreeMap::new();
        Ok(column
            .as_string::<i32>()
            .iter()
            .map(|text| text.map(|text| known.entry(text).or_insert_with(|| Text::from(text)).clone()))
            .collect())
    }

    /// As [`Self::texts`]; nothing in every row where there is no such column.
    pub(crate) fn texts_or_none(&self, name: &str) -> Result<Vec<Option<Text>>, LedgerError> {
        match self.batch.column_by_name(name) {
            Some(_) => self.texts(name),
            None => Ok(vec![None; self.batch.num_rows()]),
        }
    }

    pub(crate) fn amounts(&self, name: &str) -> Result<Vec<Option<Amount>>, LedgerError> {
        let column = self.column(name, &DataType::Decimal128(38, 6))?;
        let values = column.as_primitive::<Decimal128Type>();
        Ok(values.iter().map(|value| value.map(Amount::from_mantissa)).collect())
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<Option<i64>>, LedgerError> {
        let column = self.column(name, &DataType::Int64)?;
        Ok(column.as_primitive::<Int64Type>().iter().collect())
    }

    pub(crate) fn dates(&self, name: &str) -> Result<Vec<Option<Date>>, LedgerError> {
        let column = self.column(name, &DataType::Date32)?;
        let column = cast(&column, &DataType::Int32)?;
        column
            .as_primitive::<Int32Type>()
            .iter()
            .map(|days| days.map(date_of).transpose())
            .collect()
    }

    pub(crate) fn flags(&self, name: &str) -> Result<Vec<bool>, LedgerError> {
        let column = self.column(name, &DataType::Boolean)?;
        Ok(column.as_boolean().iter().map(Option::unwrap_or_default).collect())
    }
}

/// A value that every row must have.
pub(crate) fn required<T>(value: Option<T>, name: &str) -> Result<T, LedgerError> {
    value.ok_or_else(|| LedgerError::Encoding(format!("a row has no `{name}`")))
}

/// A name that must be one we know.
pub(crate) fn named<T: std::str::FromStr<Err = String>>(text: Option<&Text>, name: &str) -> Result<T, LedgerError> {
    required(text, name)?.parse().map_err(LedgerError::Encoding)
}
