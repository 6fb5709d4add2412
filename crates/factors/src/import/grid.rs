//! Sheets and tables as rows of text, within bounds, whatever the file is.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, SheetType, Xls, Xlsx};

use super::{ImportError, Source};

/// Bytes of one file.
const MOST_BYTES: usize = 64 << 20;
/// Bytes that a workbook says it unpacks to.
const MOST_UNPACKED: u128 = 512 << 20;
/// Cells of one sheet, with the empty ones before them; the largest known publication has half a million.
const MOST_CELLS: usize = 4_000_000;
const MOST_ROWS: usize = 300_000;
/// Columns looked at; publications put notes and nothing else further out.
const MOST_COLUMNS: usize = 512;
const MOST_SHEETS: usize = 200;

/// One sheet: rows of cells, empty text for an empty cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Grid {
    pub(crate) name: String,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Grid {
    /// The cell, trimmed; empty when there is none.
    pub(crate) fn at(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).map_or("", |cells| cell(cells, column))
    }

    /// The columns of the first row whose trimmed cells are all of `names`, in their order.
    pub(crate) fn columns<const N: usize>(&self, row: usize, names: [&str; N]) -> Option<[usize; N]> {
        let cells = self.rows.get(row)?;
        let mut at = [0; N];
        for (place, name) in at.iter_mut().zip(names) {
            *place = cells.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name))?;
        }
        Some(at)
    }
}

/// A cell of a row, trimmed; empty when there is none.
pub(crate) fn cell(cells: &[String], column: usize) -> &str {
    cells.get(column).map_or("", |cell| cell.trim())
}

/// Reads every sheet of a workbook, or a text table as one sheet.
pub(crate) fn read(source: &Source<'_>) -> Result<Vec<Grid>, ImportError> {
    if source.bytes.len() > MOST_BYTES {
        return Err(ImportError::TooLarge("the file"));
    }
    if source.bytes.starts_with(b"PK") {
        if unpacked(source.bytes)? > MOST_UNPACKED {
            return Err(ImportError::TooLarge("the unpacked workbook"));
        }
        return guarded(|| xlsx(source.bytes));
    }
    if source.bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return guarded(|| xls(source.bytes));
    }
    table(source.bytes).map(|grid| vec![grid])
}

/// Bytes that an archive says it unpacks to.
fn unpacked(bytes: &[u8]) -> Result<u128, ImportError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut total = 0;
    for index in 0..archive.len() {
        total += u128::from(archive.by_index_raw(index).map_err(damaged)?.size());
    }
    Ok(total)
}

/// The text of a file, without a byte order mark; bytes that are no UTF-8 become question marks.
pub(crate) fn text(source: &Source<'_>) -> String {
    let bytes = source.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source.bytes);
    String::from_utf8_lossy(bytes).into_owned()
}

fn table(bytes: &[u8]) -> Result<Grid, ImportError> {
    let text = text(&Source { file: "", bytes });
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut filling = Filling::default();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(damaged)?;
        for (column, field) in record.iter().enumerate() {
            filling.put(row, column, field.to_owned())?;
        }
    }
    Ok(filling.grid(String::new()))
}

/// Cells into rows, within bounds.
#[derive(Default)]
struct Filling {
    rows: Vec<Vec<String>>,
    cells: usize,
}

impl Filling {
    fn put(&mut self, row: usize, column: usize, text: String) -> Result<(), ImportError> {
        if text.is_empty() || column >= MOST_COLUMNS || row >= MOST_ROWS {
            return Ok(());
        }
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            if self.cells > MOST_CELLS {
                return Err(ImportError::TooLarge("the table"));
            }
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        Ok(())
    }

    fn grid(self, name: String) -> Grid {
        Grid { name, rows: self.rows }
    }
}

fn xlsx(bytes: &[u8]) -> Result<Vec<Grid>, ImportError> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut grids = Vec::new();
    for name in worksheets(book.sheets_metadata()) {
        let mut filling = Filling::default();
        let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            filling.put(row as usize, column as usize, written(cell.get_value()))?;
        }
        grids.push(filling.grid(name));
    }
    Ok(grids)
}

fn xls(bytes: &[u8]) -> Result<Vec<Grid>, ImportError> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut grids = Vec::new();
    for name in worksheets(book.sheets_metadata()) {
        let mut filling = Filling::default();
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row.saturating_add(top as usize), column.saturating_add(left as usize));
            filling.put(row, column, written_owned(value))?;
        }
        grids.push(filling.grid(name));
    }
    Ok(grids)
}

fn worksheets(sheets: &[calamine::Sheet]) -> Vec<String> {
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    tables.take(MOST_SHEETS).map(|sheet| sheet.name.clone()).collect()
}

/// A cell as text. Numbers come as the shortest text that gives the same number back.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Empty | DataRef::Error(_) => String::new(),
    }
}

fn written_owned(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) => moment.as_f64().to_string(),
        Data::Empty | Data::Error(_) => String::new(),
    }
}

fn damaged(error: impl std::fmt::Display) -> ImportError {
    ImportError::Damaged(error.to_string())
}

/// A damaged workbook must not take the program down, whatever the library below makes of it.
fn guarded<T>(work: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged("the workbook breaks its own format")))
}
