//! All series of a set of files, and how a row gets into them.

use std::collections::BTreeMap;

use greenheart_model::{RowPlace, Severity, Text};
use greenheart_units::{Dimension, Unit};

use super::columns::Columns;
use super::series::{Added, Direction, Key, Series};
use super::time::{self, Minutes, Moment};
use super::{FINDINGS, Options};
use crate::tables::find_item;
use crate::text::{bounded, shortened};
use crate::told::{finding, severity_of};
use crate::{ReadError, Sink};

/// Cells of a row, whatever file they come from.
pub(super) trait Fields {
    /// The text of a cell, empty where the row is shorter.
    fn get(&self, at: usize) -> &str;
    fn len(&self) -> usize;
}

/// What a file is about as a whole.
#[derive(Debug, Default)]
pub(super) struct FileFacts {
    pub columns: Columns,
    pub meter: Option<Text>,
    pub direction: Option<Direction>,
    pub unit: Option<&'static Unit>,
}

pub(super) struct Set<'a> {
    pub options: &'a Options,
    pub sink: &'a mut dyn Sink,
    pub file: Text,
    pub position: u16,
    pub single: bool,
    pub refusal: Option<&'static str>,
    pub bytes_before: u64,
    pub series: Vec<Series>,
    pub keys: BTreeMap<Key, usize>,
    /// The key of the row before, as it stood.
    last: Option<(String, usize)>,
    pub readings: u64,
    pub month_count: usize,
    pub register_count: usize,
    pub copies: u64,
    pub differing: u64,
    pub estimated: u64,
}

impl<'a> Set<'a> {
    pub(super) fn new(options: &'a Options, sink: &'a mut dyn Sink, single: bool) -> Self {
        Self {
            options,
            sink,
            file: "".into(),
            position: 0,
            single,
            refusal: None,
            bytes_before: 0,
            series: Vec::new(),
            keys: BTreeMap::new(),
            last: None,
            readings: 0,
            month_count: 0,
            register_count: 0,
            copies: 0,
            differing: 0,
            estimated: 0,
        }
    }

    pub(super) fn begin_file(&mut self, name: &str) {
        self.file = name.into();
        self.last = None;
    }

    pub(super) fn note(&mut self, code: &'static str, row: u64, field: &str, detail: String) {
        let severity = severity_of(FINDINGS, code);
        self.note_as(code, severity, row, field, detail);
    }

    fn note_as(&mut self, code: &'static str, severity: Severity, row: u64, field: &str, detail: String) {
        self.sink
            .finding(finding(code, severity, &self.file, row, field, detail));
    }

    /// Notes why the current file cannot be used. Among others it is passed over; alone it is everything.
    pub(super) fn refuse(&mut self, code: &'static str, detail: &str) -> ReadError {
        let severity = if self.single {
            Severity::Error
        } else {
            Severity::Warning
        };
        self.note_as(code, severity, 0, "", detail.to_owned());
        self.refusal = Some(code);
        ReadError::Refused { code }
    }

    pub(super) fn progress(&mut self, bytes: u64) -> Result<(), ReadError> {
        Ok(self.sink.progress(self.bytes_before + bytes)?)
    }

    /// Takes a row of readings.
    pub(super) fn row(&mut self, row: u64, fields: &impl Fields, facts: &FileFacts) -> Result<(), ReadError> {
        let columns = &facts.columns;
        if fields.len() < columns.width() {
            return Ok(());
        }
        let Some(start) = self.start(row, fields, columns) else {
            return Ok(());
        };
        let length = columns.to.and_then(|to| {
            let (_, end) = time::parse(fields.get(to))?;
            Some(time::to_local(end.first()) - time::to_local(start.first()))
        });
        let unit = match columns.unit.map(|at| fields.get(at)).filter(|text| !text.is_empty()) {
            Some(text) => match Unit::find(text) {
                Ok(unit) if unit.dimension == Dimension::Energy => Some(unit),
                _ => {
                    self.note("meters.unit", row, "unit", format!("`{}`", shortened(text)));
                    return Ok(());
                }
            },
            None => facts.unit,
        };
        if columns.wide.is_empty() {
            let meter = columns.meter.map(|at| fields.get(at)).unwrap_or_default();
            let value = columns.value.map(|at| fields.get(at)).unwrap_or_default();
            return self.reading(row, fields, facts, meter, value, unit, (start, length));
        }
        for (at, meter) in &columns.wide {
            let value = fields.get(*at);
            if !value.is_empty() {
                self.reading(row, fields, facts, meter, value, unit, (start, length))?;
            }
        }
        Ok(())
    }

    fn start(&mut self, row: u64, fields: &impl Fields, columns: &Columns) -> Option<Moment> {
        let text = fields.get(columns.from?);
        if text.is_empty() {
            return None;
        }
        let found = match columns.clock {
            Some(clock) => time::parse_with_clock(text, fields.get(clock)),
            None => time::parse(text),
        };
        let years = &self.options.limits.years;
        let found = found.filter(|(year, _)| i16::try_from(*year).is_ok_and(|year| years.contains(&year)));
        let Some((_, moment)) = found else {
            self.note("meters.time", row, "time", format!("`{}`", shortened(text)));
            return None;
        };
        if let Moment::Never(_) = moment {
            self.note("meters.no_such_hour", row, "time", format!("`{}`", shortened(text)));
        }
        Some(moment)
    }

    #[expect(clippy::too_many_arguments, reason = "one reading is what all of these say together")]
    fn reading(
        &mut self,
        row: u64,
        fields: &impl Fields,
        facts: &FileFacts,
        meter: &str,
        value: &str,
        unit: Option<&'static Unit>,
        (start, length): (Moment, Option<Minutes>),
    ) -> Result<(), ReadError> {
        if value.is_empty() {
            self.note("meters.value", row, "value", "nothing stands there".into());
            return Ok(());
        }
        let Some(kwh) = number(value).and_then(|value| in_kwh(value, unit)) else {
            self.note("meters.value", row, "value", format!("`{}`", shortened(value)));
            return Ok(());
        };
        if kwh < 0 {
            self.note("meters.negative", row, "value", format!("`{}`", shortened(value)));
            return Ok(());
        }
        let index = self.series_of(fields, facts, meter)?;
        let place = RowPlace {
            file: self.position,
            row,
        };
        self.readings += 1;
        if facts.columns.is_register {
            return self.register(index, start, kwh, place);
        }
        let series = &mut self.series[index];
        let at = match start {
            Moment::Twice(summer, winter) if series.has(summer) => {
                let _ = summer;
                winter
            }
            other => other.first(),
        };
        let before = series.months.len();
        let added = series.add(at, length, kwh, place);
        self.month_count += series.months.len() - before;
        if added == Added::Yes && is_estimated(fields, &facts.columns) {
            self.estimated += 1;
        }
        match added {
            Added::Yes => {}
            Added::Copy => {
                self.copies += 1;
                self.note("meters.duplicate", row, "time", String::new());
            }
            Added::Differs => {
                self.differing += 1;
                self.note(
                    "meters.duplicate_differs",
                    row,
                    "value",
                    format!("`{}`", shortened(value)),
                );
            }
        }
        self.check_size()
    }

    fn register(&mut self, index: usize, start: Moment, kwh: i128, place: RowPlace) -> Result<(), ReadError> {
        let kwh = i64::try_from(kwh).unwrap_or(i64::MAX);
        self.series[index].register.push((start.first(), kwh, place));
        self.register_count += 1;
        self.check_size()
    }

    /// A month of one point takes some kilobytes, a state of a register forty bytes.
    fn check_size(&mut self) -> Result<(), ReadError> {
        let most = self.options.limits.master_records / 10;
        if self.month_count <= most && self.register_count <= self.options.limits.master_records * 2 {
            return Ok(());
        }
        self.single = true;
        let detail = format!(
            "{} months and {} states of registers",
            self.month_count, self.register_count
        );
        Err(self.refuse("meters.too_many", &detail))
    }

    /// The series of a row. Rows of one series usually follow each other.
    fn series_of(&mut self, fields: &impl Fields, facts: &FileFacts, meter: &str) -> Result<usize, ReadError> {
        let cell = |at: Option<usize>| at.map(|at| fields.get(at)).unwrap_or_default();
        let (direction, carrier) = (cell(facts.columns.direction), cell(facts.columns.carrier));
        if let Some((known, index)) = &self.last {
            let rest = known.strip_prefix(meter).and_then(|rest| rest.strip_prefix('\0'));
            let rest = rest
                .and_then(|rest| rest.strip_prefix(direction))
                .and_then(|rest| rest.strip_prefix('\0'));
            if rest == Some(carrier) {
                return Ok(*index);
            }
        }
        let key = Key {
            meter: self.meter(meter, facts),
            direction: Direction::of_words(direction)
                .or(facts.columns.header_direction)
                .or(facts.direction)
                .unwrap_or(Direction::Import),
            item: match find_item(carrier) {
                Some(item) => item.key.into(),
                None => "electricity".into(),
            },
        };
        let next = self.series.len();
        let index = *self.keys.entry(key).or_insert(next);
        if index == next {
            self.series.push(Series::default());
        }
        if self.series.len() > self.options.limits.master_records / 10 {
            self.single = true;
            return Err(self.refuse("meters.too_many", "too many metering points"));
        }
        self.last = Some((format!("{meter}\0{direction}\0{carrier}"), index));
        Ok(index)
    }

    fn meter(&self, cell: &str, facts: &FileFacts) -> Text {
        if !cell.is_empty() {
            return bounded(cell).into();
        }
        facts.meter.clone().unwrap_or_else(|| self.file.clone())
    }
}

/// Whether the grid company marks the reading as estimated.
fn is_estimated(fields: &impl Fields, columns: &Columns) -> bool {
    let quality = columns.quality.map(|at| fields.get(at)).unwrap_or_default();
    let lower = quality.get(..4).unwrap_or(quality);
    matches!(
        lower.to_ascii_lowercase().as_str(),
        "esti" | "est" | "temp" | "midl" | "e"
    )
}

/// A value in millionths. A lone comma or point separates decimals: readings have no grouping but blanks.
fn number(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    let decimal = bytes.iter().rposition(|byte| matches!(byte, b',' | b'.'));
    let (mut value, mut decimals, mut digits, mut negative) = (0_i128, 0_u32, 0_u32, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                let after = decimal.is_some_and(|decimal| at > decimal);
                if after && decimals >= 6 {
                    continue;
                }
                decimals += u32::from(after);
                value = value * 10 + i128::from(byte - b'0');
            }
            b'-' if at == 0 => negative = true,
            b' ' => {}
            b',' | b'.' if decimal == Some(at) => {}
            b',' | b'.' if bytes[at] != bytes[decimal?] => {}
            0xc2 | 0xa0 if text.contains('\u{a0}') => {}
            _ => return None,
        }
        if digits > 18 {
            return None;
        }
    }
    let value = value * 10_i128.pow(6 - decimals);
    (digits > 0).then_some(if negative { -value } else { value })
}

fn in_kwh(value: i128, unit: Option<&'static Unit>) -> Option<i128> {
    match unit {
        None => Some(value),
        Some(unit) if unit.code == "KWH" => Some(value),
        Some(unit) => unit
            .to_base(greenheart_units::Amount::from_mantissa(value))
            .ok()
            .map(greenheart_units::Amount::mantissa),
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn values_as_exports_write_them() {
        for (text, millionths) in [
            ("1,5", Some(1_500_000)),
            ("1.234", Some(1_234_000)),
            ("0,123456789", Some(123_456)),
            ("1 234,5", Some(1_234_500_000)),
            ("1.234,5", Some(1_234_500_000)),
            ("-2", Some(-2_000_000)),
            ("7", Some(7_000_000)),
            ("", None),
            ("-", None),
            ("1,2,3", None),
            ("n/a", None),
            ("12345678901234567890", None),
        ] {
            assert_eq!(number(text), millionths, "{text}");
        }
    }
}
