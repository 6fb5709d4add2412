//! Workbooks: XLSX cell by cell, XLS from memory.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsx};
use greenheart_model::Date;

use super::FileKind;
use super::cell::{Cell, Halt, Row, Visit};
use crate::{Limits, ReadError, ReadSeek};

/// The visible sheets, in order.
pub(super) fn sheet_names<R: Read + Seek>(reader: &mut R, kind: FileKind) -> Result<Vec<String>, Halt> {
    guarded(|| {
        reader.seek(SeekFrom::Start(0))?;
        let visible = |sheets: &[Sheet]| {
            let shown = sheets
                .iter()
                .filter(|s| s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet);
            shown.map(|sheet| sheet.name.clone()).collect()
        };
        match kind {
            FileKind::Xlsx => Ok(visible(
                Xlsx::new(BufReader::new(reader)).map_err(damaged)?.sheets_metadata(),
            )),
            FileKind::Xls => Ok(visible(
                Xls::new(BufReader::new(reader)).map_err(damaged)?.sheets_metadata(),
            )),
            FileKind::Csv => Ok(Vec::new()),
        }
    })
}

/// Goes over the rows of a sheet; rows without any cell are not visited.
pub(super) fn walk<R: Read + Seek>(
    reader: &mut R,
    kind: FileKind,
    sheet: &str,
    limits: &Limits,
    visit: Visit<'_>,
) -> Result<(), Halt> {
    guarded(|| {
        let size = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let mut rows = Rows {
            limits,
            visit,
            size,
            current: None,
        };
        match kind {
            FileKind::Xlsx => walk_xlsx(reader, sheet, &mut rows),
            FileKind::Xls => walk_xls(reader, sheet, &mut rows),
            FileKind::Csv => Ok(()),
        }
    })
}

/// A row of a workbook as texts; a moment is `2024-01-31 23:00`.
pub(crate) struct WorkbookRow<'r> {
    /// Its number, from 1.
    pub number: u64,
    /// Its cells.
    pub cells: &'r [String],
}

/// Takes rows until it says `false`.
pub(crate) type WorkbookVisit<'v> = &'v mut dyn FnMut(WorkbookRow<'_>) -> Result<bool, ReadError>;

/// Goes over the rows of the first visible sheet, for readers that know their columns themselves. The inner error says
/// why the workbook cannot be read.
pub(crate) fn walk_first(
    reader: &mut dyn ReadSeek,
    limits: &Limits,
    visit: WorkbookVisit<'_>,
) -> Result<(), Result<ReadError, String>> {
    let halted = |halt: Halt| match halt {
        Halt::Refused(_, _, detail) => Err(detail),
        Halt::Read(error) => Ok(error),
    };
    let mut reader = reader;
    let kind = super::format::kind_of(&mut reader, limits).map_err(halted)?;
    let sheets = sheet_names(&mut reader, kind).map_err(halted)?;
    let Some(sheet) = sheets.first() else {
        return Err(Err("no visible sheet".to_owned()));
    };
    let mut each = |row: Row| {
        let cells: Vec<String> = row.cells.iter().map(plain).collect();
        let number = row.number;
        Ok(visit(WorkbookRow { number, cells: &cells })?)
    };
    walk(&mut reader, kind, sheet, limits, &mut each).map_err(halted)
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Date(date, minutes) => format!("{date} {:02}:{:02}", minutes / 60, minutes % 60),
        Cell::Error(_) => String::new(),
        other => other.to_string(),
    }
}

fn walk_xlsx<R: Read + Seek>(reader: &mut R, sheet: &str, rows: &mut Rows<'_, '_>) -> Result<(), Halt> {
    let mut book = Xlsx::new(BufReader::new(reader)).map_err(damaged)?;
    let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        if !rows.cell(row, column, typed(cell.get_value()))? {
            return Ok(());
        }
    }
    rows.finish()
}

fn walk_xls<R: Read + Seek>(reader: &mut R, sheet: &str, rows: &mut Rows<'_, '_>) -> Result<(), Halt> {
    let mut book = Xls::new(BufReader::new(reader)).map_err(damaged)?;
    let range = book.worksheet_range(sheet).map_err(damaged)?;
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let at = |offset: usize, start: u32| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        if !rows.cell(at(row, top), at(column, left), typed(&borrowed(value)))? {
            return Ok(());
        }
    }
    rows.finish()
}

/// Gathers cells into rows.
struct Rows<'l, 'v> {
    limits: &'l Limits,
    visit: Visit<'v>,
    size: u64,
    current: Option<Row>,
}

impl Rows<'_, '_> {
    fn cell(&mut self, row: u32, column: u32, cell: Cell) -> Result<bool, Halt> {
        let number = u64::from(row) + 1;
        if self.current.as_ref().is_some_and(|current| current.number != number) && !self.give()? {
            return Ok(false);
        }
        if cell.is_empty() {
            return Ok(true);
        }
        let column = column as usize;
        if column >= self.limits.columns {
            let detail = format!("more than {} columns", self.limits.columns);
            return Err(Halt::Refused("table.too_many_columns", number, detail));
        }
        if matches!(&cell, Cell::Text(text) if text.len() > self.limits.text_bytes) {
            let detail = format!("more than {} bytes", self.limits.text_bytes);
            return Err(Halt::Refused("table.cell_too_large", number, detail));
        }
        let bytes = self.size;
        let current = self.current.get_or_insert_with(|| Row {
            number,
            cells: Vec::new(),
            bytes,
        });
        if current.cells.len() <= column {
            current.cells.resize(column + 1, Cell::Empty);
        }
        current.cells[column] = cell;
        Ok(true)
    }

    fn give(&mut self) -> Result<bool, Halt> {
        self.current.take().map_or(Ok(true), |row| (self.visit)(row))
    }

    fn finish(&mut self) -> Result<(), Halt> {
        self.give().map(|_| ())
    }
}

fn typed(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(number.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(value) => Cell::Text(if *value { "true" } else { "false" }.to_owned()),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn borrowed(value: &Data) -> DataRef<'static> {
    match value.clone() {
        Data::Empty => DataRef::Empty,
        Data::Int(number) => DataRef::Int(number),
        Data::Float(number) => DataRef::Float(number),
        Data::String(text) => DataRef::String(text),
        Data::Bool(value) => DataRef::Bool(value),
        Data::DateTime(moment) => DataRef::DateTime(moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text),
        Data::DurationIso(text) => DataRef::DurationIso(text),
        Data::Error(error) => DataRef::Error(error),
    }
}

/// A serial of the epoch of 1900 or 1904 as the day it names; a duration stays a number.
fn date(moment: &ExcelDateTime) -> Cell {
    let serial = moment.as_f64();
    let day = (moment.is_datetime() && (0.0..3_000_000.0).contains(&serial)).then(|| moment.to_ymd_hms_milli());
    let parts =
        day.and_then(|(y, m, d, ..)| Some((i16::try_from(y).ok()?, i8::try_from(m).ok()?, i8::try_from(d).ok()?)));
    let minutes = day.map_or(0, |(.., hour, minute, second, milli)| {
        // Serials are floats: a whole minute may come as 59.999 seconds.
        let rounded = u16::from(second >= 59 && milli >= 500 || second == 60);
        u16::from(hour) * 60 + u16::from(minute) + rounded
    });
    match parts.and_then(|(y, m, d)| Date::new(y, m, d).ok()) {
        Some(day) => Cell::Date(day, minutes),
        None => Cell::Number(serial.to_string()),
    }
}

fn damaged(error: impl std::fmt::Display) -> Halt {
    Halt::Refused("table.damaged", 0, error.to_string())
}

/// A damaged workbook must not take the program down, whatever the library below makes of it.
fn guarded<T>(work: impl FnOnce() -> Result<T, Halt>) -> Result<T, Halt> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Halt::Refused(
            "table.damaged",
            0,
            "the workbook breaks its own format".to_owned(),
        ))
    })
}
