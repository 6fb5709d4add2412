//! Building and reading columns.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, DictionaryArray, Int32Builder,
    Int64Builder, RecordBatch, StringArray, new_null_array,
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
static TEXTS: LazyLock<DataType> =
    LazyLock::new(|| DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)));
const LIMIT: i128 = 10_i128.pow(18);

/// Texts that repeat: each once, and for each row which one it is. Rows beside each other mostly share theirs.
#[derive(Default)]
pub(crate) struct Texts<'a> {
    keys: Int32Builder,
    values: Vec<Cow<'a, str>>,
    known: HashMap<&'a str, i32>,
    /// Texts met of late, by where they lie: rows share theirs, so that most need not be compared.
    near: Vec<(*const u8, usize, i32)>,
}

/// Places for texts met of late.
const NEAR: usize = 256;
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

impl<'a> Texts<'a> {
    pub(crate) fn push(&mut self, text: &'a str) {
        if self.near.is_empty() {
            self.near.resize(NEAR, (std::ptr::null(), 0, 0));
        }
        let place = (text.as_ptr().addr() >> 3) % NEAR;
        let (start, length, key) = self.near[place];
        // A text that is borrowed for `'a` stays where it is, so that the same place and length are the same text.
        let key = if std::ptr::eq(start, text.as_ptr()) && length == text.len() {
            key
        } else {
            let key = self.key(text);
            self.near[place] = (text.as_ptr(), text.len(), key);
            key
        };
        self.keys.append_value(key);
    }

    pub(crate) fn push_option(&mut self, text: Option<&'a str>) {
        match text {
            Some(text) => self.push(text),
            None => self.keys.append_null(),
        }
    }

    /// A text that was made for this row alone.
    pub(crate) fn push_made(&mut self, text: Option<String>) {
        let key = text.map(|text| {
            self.values.push(Cow::Owned(text));
            i32::try_from(self.values.len() - 1).unwrap_or(i32::MAX)
        });
        self.keys.append_option(key);
    }

    fn key(&mut self, text: &'a str) -> i32 {
        *self.known.entry(text).or_insert_with(|| {
            self.values.push(Cow::Borrowed(text));
            // A batch has fewer rows than an i32 counts.
            i32::try_from(self.values.len() - 1).unwrap_or(i32::MAX)
        })
    }

    /// Keys and their texts; every key is that of a text, as they were pushed together.
    pub(crate) fn finish(mut self) -> ArrayRef {
        let values: StringArray = self.values.iter().map(|text| Some(text.as_ref())).collect();
        Arc::new(DictionaryArray::new(self.keys.finish(), Arc::new(values)))
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

/// The day that is so many days after 1 January 1970: years counted from March, so that a leap day is the last of its
/// year, in cycles of 400 years (the algorithm `civil_from_days` of Howard Hinnant, public domain).
fn date_of(days: i32) -> Result<Date, LedgerError> {
    let outside = || LedgerError::Encoding(format!("day {days} is outside the calendar"));
    let since = i64::from(days) + 719_468;
    let (cycle, of_cycle) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let of_cycle_year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * of_cycle_year + of_cycle_year / 4 - of_cycle_year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = of_cycle_year + 400 * cycle + i64::from(month <= 2);
    let small = |value: i64| i8::try_from(value).map_err(|_| outside());
    Date::new(i16::try_from(year).map_err(|_| outside())?, small(month)?, small(day)?).map_err(|_| outside())
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
        if column.data_type() == kind {
            return Ok(Arc::clone(column));
        }
        Ok(cast(column, kind)?)
    }

    /// Texts, each distinct one of them once in memory.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<Option<Text>>, LedgerError> {
        self.values(name, |text| Ok(Text::from(text)))
    }

    /// Names that must be ones we know.
    pub(crate) fn named<T: Clone + FromStr<Err = String>>(&self, name: &str) -> Result<Vec<Option<T>>, LedgerError> {
        self.values(name, |text| text.parse().map_err(LedgerError::Encoding))
    }

    /// What texts stand for, each distinct one of them read once.
    pub(crate) fn values<T: Clone>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, LedgerError>,
    ) -> Result<Vec<Option<T>>, LedgerError> {
        let column = self.column(name, &TEXTS)?;
        if column.null_count() == column.len() {
            return Ok(vec![None; column.len()]);
        }
        let column = column.as_dictionary::<Int32Type>();
        let texts = column.values().as_string::<i32>();
        // A dictionary is that of many more rows than these.
        let mut made: Vec<Option<T>> = vec![None; texts.len()];
        let mut values = Vec::with_capacity(column.len());
        for key in column.keys() {
            let at = key.and_then(|key| usize::try_from(key).ok());
            let at = at.filter(|at| *at < made.len() && texts.is_valid(*at));
            values.push(match at {
                None => None,
                Some(at) => {
                    if made[at].is_none() {
                        made[at] = Some(read(texts.value(at))?);
                    }
                    made[at].clone()
                }
            });
        }
        Ok(values)
    }

    /// As [`Self::values`]; nothing in every row where there is no such column.
    pub(crate) fn values_or_none<T: Clone>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, LedgerError>,
    ) -> Result<Vec<Option<T>>, LedgerError> {
        match self.batch.column_by_name(name) {
            Some(_) => self.values(name, read),
            None => Ok(vec![None; self.batch.num_rows()]),
        }
    }

    pub(crate) fn amounts(&self, name: &str) -> Result<Vec<Option<Amount>>, LedgerError> {
        let column = self.column(name, &DECIMAL)?;
        if column.null_count() == column.len() {
            return Ok(vec![None; column.len()]);
        }
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

#[cfg(test)]
mod tests {
    use super::{date_of, days_of};

    #[test]
    fn days_are_counted_both_ways() {
        for days in (-730_000..1_500_000)
            .step_by(37)
            .chain([-1, 0, 1, 58, 59, 60, 10_956, 10_957, 11_016, 11_017])
        {
            let date = date_of(days).expect("a day");
            assert_eq!(days_of(date), days, "{date}");
        }
        assert_eq!(date_of(11_016).expect("a day").to_string(), "2000-02-29");
        assert!(date_of(i32::MAX).is_err());
    }
}
