//! XLSX with real dates and numbers.

use std::io::{self, Write};

use greenheart_model::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Column, Sheet, Value};
use crate::num::real;

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(sheet).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(sheet: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Without a date of its own the library writes today's, and equal seeds would give other bytes.
    let made = ExcelDateTime::from_ymd(sheet.year.unsigned_abs() + 1, 1, 31)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_creation_datetime(&made)
            .set_comment("Fiktive data / fictional data"),
    );
    let page = workbook.add_worksheet();
    let (nb, en) = sheet.kind.names();
    page.set_name(if sheet.english { en } else { nb })?;
    let mut top = 0_u32;
    for coverage in sheet.coverage_lines() {
        page.write(top, 0, coverage)?;
        top += 1;
    }
    for (at, header) in (0_u16..).zip(sheet.headers()) {
        page.write(top, at, header)?;
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (line, row) in (top + 1..).zip(sheet.rows) {
        for (at, column) in (0_u16..).zip(Column::of(sheet.kind)) {
            cell(page, line, at, &row.value(*column, sheet.english), &date)?;
        }
    }
    workbook.save_to_buffer()
}

fn cell(page: &mut Worksheet, line: u32, at: u16, value: &Value<'_>, date: &Format) -> Result<(), XlsxError> {
    match value {
        Value::Text(text) => page.write(line, at, *text)?,
        Value::Number(value, decimals) => {
            let one = (0..*decimals).fold(1.0, |one, _| one * 10.0);
            page.write(line, at, real(*value) / one)?
        }
        Value::Date(day) => page.write_with_format(line, at, &excel_date(*day)?, date)?,
        Value::Empty => return Ok(()),
    };
    Ok(())
}

fn excel_date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        day.year().unsigned_abs(),
        day.month().unsigned_abs(),
        day.day().unsigned_abs(),
    )
}
