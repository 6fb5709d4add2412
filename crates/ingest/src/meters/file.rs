//! Opening a file of readings: text with delimiters, or a workbook.

use std::io::{BufRead, Read};

use super::columns::{Columns, metering_point};
use super::series::Direction;
use super::set::{Fields, FileFacts, Set};
use crate::tables::{WorkbookRow, walk_workbook};
use crate::{ReadError, ReadSeek, archive};
use greenheart_units::{Dimension, Unit};

/// Rows among which the headers must be.
const HEAD_ROWS: u64 = 40;

impl Fields for Vec<&str> {
    fn get(&self, at: usize) -> &str {
        self.as_slice().get(at).copied().unwrap_or_default()
    }
    fn len(&self) -> usize {
        self.as_slice().len()
    }
}

/// Reads a text of readings.
pub(super) fn text(reader: &mut dyn Read, name: &str, set: &mut Set<'_>) -> Result<(), ReadError> {
    let (mut utf8, _) = archive::utf8(reader)?;
    let mut layout: Option<(u8, FileFacts)> = None;
    let (mut line, mut number, mut bytes, mut told) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    loop {
        line.clear();
        let limit = set.options.limits.text_bytes as u64;
        let read = utf8.by_ref().take(limit + 1).read_until(b'\n', &mut line);
        let read = match read {
            Ok(read) => read,
            Err(error) => return Err(broken(error, set)),
        };
        if read == 0 {
            break;
        }
        (number, bytes) = (number + 1, bytes + read as u64);
        if line.len() as u64 > limit || number > set.options.limits.rows {
            return Err(set.refuse("meters.too_large", &format!("line {number} or the number of lines")));
        }
        let decoded = decode(&line);
        if bytes - told > 1 << 20 {
            told = bytes;
            set.progress(bytes)?;
        }
        if let Some((delimiter, facts)) = &layout {
            set.row(number, &split(&decoded, *delimiter), facts)?;
            continue;
        }
        layout = header(&decoded).map(|(delimiter, columns)| (delimiter, facts(columns, name, set)));
        if layout.is_none() && number >= HEAD_ROWS {
            break;
        }
    }
    if layout.is_none() {
        let code = if bytes == 0 {
            "meters.empty"
        } else {
            "meters.not_meters"
        };
        return Err(set.refuse(code, "no row of headers was found"));
    }
    Ok(())
}

/// Delimiter and columns, when the line is a row of headers that this reader takes.
pub(super) fn header(line: &str) -> Option<(u8, Columns)> {
    [b';', b'\t', b',', b'|'].into_iter().find_map(|delimiter| {
        let columns = Columns::of(&split(line, delimiter))?;
        (!columns.is_table).then_some((delimiter, columns))
    })
}

/// What the headers and the name of a file say about all of its rows.
fn facts(columns: Columns, name: &str, set: &mut Set<'_>) -> FileFacts {
    let meter = metering_point(name).map(Into::into);
    if meter.is_none() && columns.meter.is_none() && columns.wide.is_empty() {
        set.note("meters.meter_unknown", 0, "", String::new());
    }
    let unit = columns.header_unit.as_deref().and_then(|unit| Unit::find(unit).ok());
    let unit = unit.filter(|unit| unit.dimension == Dimension::Energy);
    if unit.is_none() && columns.unit.is_none() {
        set.note("meters.unit_assumed", 0, "", String::new());
    }
    FileFacts {
        direction: Direction::of_words(name),
        meter,
        unit,
        columns,
    }
}

/// Reads a workbook of readings: its first visible sheet with headers of ours.
pub(super) fn workbook(reader: &mut dyn ReadSeek, name: &str, set: &mut Set<'_>) -> Result<(), ReadError> {
    let mut layout: Option<FileFacts> = None;
    let mut rows = 0;
    let limits = set.options.limits.clone();
    let mut visit = |row: WorkbookRow<'_>| -> Result<bool, ReadError> {
        rows += 1;
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        if let Some(facts) = &layout {
            set.row(row.number, &cells, facts)?;
        } else if let Some(columns) = Columns::of(&cells) {
            layout = Some(facts(columns, name, set));
        }
        Ok(layout.is_some() || rows < HEAD_ROWS)
    };
    match walk_workbook(reader, &limits, &mut visit) {
        Ok(()) => {}
        Err(Ok(error)) => return Err(error),
        Err(Err(detail)) => return Err(set.refuse("meters.archive", &detail)),
    }
    if layout.is_none() {
        return Err(set.refuse("meters.not_meters", "no row of headers was found"));
    }
    Ok(())
}

/// The cells of a line, without quotes and blanks around them.
fn split(line: &str, delimiter: u8) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut cells = Vec::with_capacity(8);
    let (mut from, mut quoted) = (0, false);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'"' {
            quoted = !quoted;
        } else if *byte == delimiter && !quoted {
            cells.push(cell(&line[from..at]));
            from = at + 1;
        }
    }
    cells.push(cell(&line[from..]));
    cells
}

fn cell(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .map_or(text, str::trim)
}

fn decode(line: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0,
    }
}

fn broken(error: std::io::Error, set: &mut Set<'_>) -> ReadError {
    if let Some(limit) = archive::limit_passed(&error) {
        let detail = limit.0.clone();
        return set.refuse("meters.too_large", &detail);
    }
    match error.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
            set.refuse("meters.archive", &error.to_string())
        }
        _ => ReadError::Io(error),
    }
}
