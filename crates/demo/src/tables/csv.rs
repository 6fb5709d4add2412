//! CSV: semicolon, comma as decimal mark and `31.01.2024` in Norwegian; comma, point and `2024-01-31` in English.

use std::io::{self, Write};

use super::{Column, Sheet, Value};
use crate::num::{push_date, push_day_first, push_fixed};

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let delimiter = if sheet.english { b',' } else { b';' };
    let mut line = Vec::new();
    for coverage in sheet.coverage_lines() {
        line.extend_from_slice(coverage.as_bytes());
        line.push(b'\n');
    }
    for (at, header) in sheet.headers().enumerate() {
        if at > 0 {
            line.push(delimiter);
        }
        line.extend_from_slice(header.as_bytes());
    }
    for row in sheet.rows {
        line.push(b'\n');
        out.write_all(&line)?;
        line.clear();
        for (at, column) in Column::of(sheet.kind).iter().enumerate() {
            if at > 0 {
                line.push(delimiter);
            }
            push(&mut line, &row.value(*column, sheet.english), delimiter, sheet.english);
        }
    }
    line.push(b'\n');
    out.write_all(&line)
}

fn push(line: &mut Vec<u8>, value: &Value<'_>, delimiter: u8, english: bool) {
    match value {
        Value::Text(text) if text.as_bytes().iter().any(|b| [delimiter, b'"', b'\n'].contains(b)) => {
            line.push(b'"');
            line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        }
        Value::Text(text) => line.extend_from_slice(text.as_bytes()),
        Value::Number(value, decimals) => push_fixed(line, *value, *decimals, if english { b'.' } else { b',' }),
        Value::Date(date) if english => push_date(line, *date),
        Value::Date(date) => push_day_first(line, *date),
        Value::Empty => {}
    }
}
