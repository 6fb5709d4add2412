//! A first look at a file: what it is, and how it would be read.

use greenheart_model::FindingLog;
use greenheart_units::{DecimalMark, Unit};
use serde::{Deserialize, Serialize};

use super::cell::{Cell, Halt, Row};
use super::column::{MarkVotes, Marking};
use super::field::{field_of_header, likely_field};
use super::findings::Report;
use super::header;
use super::read::{Table, halted};
use super::{Column, Encoding, Field, FileKind, Mapping};
use crate::{Collected, Limits, ReadError, Source};

/// What a file looks like. Serialisable, for a page that lets a person confirm the mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sniffed {
    /// Kind of file, by its contents.
    pub kind: FileKind,
    /// Encoding of a text file.
    pub encoding: Option<Encoding>,
    /// Delimiter of a text file.
    pub delimiter: Option<char>,
    /// The mark that numbers written as text use, when every such column agrees.
    pub decimal_mark: Option<DecimalMark>,
    /// Row of the headers from 1, when one was found.
    pub header_row: Option<u64>,
    /// Visible sheets.
    pub sheet_names: Vec<String>,
    /// Up to twenty rows as text, at most 200 characters a cell.
    pub first_rows: Vec<Vec<String>>,
    /// The mapping to confirm; it can be saved as it is when [`Mapping::can_read`].
    pub mapping: Mapping,
    /// What each column seems to hold.
    pub columns: Vec<ColumnGuess>,
    /// What was noticed.
    pub findings: FindingLog,
}

/// One column and what it seems to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnGuess {
    /// Position from 1.
    pub position: usize,
    /// Its header.
    pub header: String,
    /// The field, when there is a guess.
    pub field: Option<Field>,
    /// 100 a known header, 60 a known word in it, 30 by its contents, 0 no guess.
    pub confidence_percent: u8,
}

/// Looks at a file without reading all of its rows.
///
/// # Errors
/// [`ReadError::Refused`] with the code of [`super::FINDINGS`] when it is no table.
pub fn sniff(source: &mut Source<'_>, limits: &Limits) -> Result<Sniffed, ReadError> {
    let mut collected = Collected::default();
    let mut report = Report {
        sink: &mut collected,
        file: source.name.as_str().into(),
    };
    let looked = look(source, limits, &mut report).map_err(|halt| halted(halt, &mut report));
    let mut sniffed = looked?;
    sniffed.findings = collected.findings;
    Ok(sniffed)
}

fn look(source: &mut Source<'_>, limits: &Limits, report: &mut Report<'_>) -> Result<Sniffed, Halt> {
    let table = Table::open(source, &Mapping::default(), limits, report)?;
    let rows = table.head_rows(source, limits)?;
    let head = header::find(&rows, &Mapping::default());
    let below: Vec<&Row> = rows.iter().filter(|row| row.number > head.row).collect();
    let columns: Vec<ColumnGuess> = head
        .headers
        .iter()
        .enumerate()
        .map(|(at, header)| guess(at, header, &below))
        .collect();
    Ok(Sniffed {
        kind: table.kind,
        encoding: table.layout.map(|layout| layout.encoding),
        delimiter: table.layout.map(|layout| char::from(layout.delimiter)),
        decimal_mark: common_mark(head.headers.len(), &below),
        header_row: (head.row > 0).then_some(head.row),
        first_rows: rows.iter().take(ROWS_SHOWN).map(shown).collect(),
        mapping: propose(&table, &head.headers, head.row, &columns),
        sheet_names: table.sheets,
        columns,
        findings: FindingLog::default(),
    })
}

const ROWS_SHOWN: usize = 20;
const CHARACTERS_SHOWN: usize = 200;

fn shown(row: &Row) -> Vec<String> {
    row.cells
        .iter()
        .map(|cell| cell.to_string().chars().take(CHARACTERS_SHOWN).collect())
        .collect()
}

fn guess(at: usize, header: &str, rows: &[&Row]) -> ColumnGuess {
    let (field, confidence_percent) = match (field_of_header(header), likely_field(header)) {
        (Some(named), _) => (Some(named.field), 100),
        (None, Some(field)) => (Some(field), 60),
        (None, None) => by_contents(at, rows).map_or((None, 0), |field| (Some(field), 30)),
    };
    ColumnGuess {
        position: at + 1,
        header: header.to_owned(),
        field,
        confidence_percent,
    }
}

/// The field whose values the cells of a column are, all of them.
fn by_contents(at: usize, rows: &[&Row]) -> Option<Field> {
    let cells: Vec<&Cell> = rows
        .iter()
        .map(|row| row.cell(at))
        .filter(|cell| !cell.is_empty())
        .collect();
    let all = |test: fn(&Cell) -> bool| !cells.is_empty() && cells.iter().all(|cell| test(cell));
    if all(|cell| matches!(cell, Cell::Date(..))) {
        return Some(Field::Date);
    }
    if all(|cell| matches!(cell, Cell::Text(text) if Unit::find(text).is_ok())) {
        return Some(Field::Unit);
    }
    all(|cell| matches!(cell, Cell::Text(text) if super::item::find(text).is_some())).then_some(Field::Item)
}

fn common_mark(columns: usize, rows: &[&Row]) -> Option<DecimalMark> {
    let mut marks = (0..columns).filter_map(|at| {
        let mut votes = MarkVotes::default();
        for row in rows {
            votes.hear(row.number, row.cell(at));
        }
        match votes.marking(None) {
            Marking::Known(mark) if votes.voted() => Some(Some(mark)),
            Marking::Known(_) => None,
            Marking::Mixed | Marking::Ambiguous => Some(None),
        }
    });
    let first = marks.next()??;
    marks.all(|mark| mark == Some(first)).then_some(first)
}

/// Every guess of at least a known word; the surest column of a field wins.
fn propose(table: &Table, headers: &[String], header_row: u64, columns: &[ColumnGuess]) -> Mapping {
    let sure = Mapping::for_headers(headers).unwrap_or_default();
    let mut mapping = Mapping {
        version: Mapping::VERSION,
        fixed: sure.fixed,
        ..Mapping::default()
    };
    let mut by_confidence: Vec<&ColumnGuess> = columns.iter().filter(|guess| guess.confidence_percent >= 60).collect();
    by_confidence.sort_by_key(|guess| std::cmp::Reverse(guess.confidence_percent));
    for guess in by_confidence {
        if let Some(field) = guess.field {
            mapping.columns.entry(field).or_insert(Column::Position(guess.position));
        }
    }
    mapping.header_row = (header_row > 0).then_some(header_row);
    mapping.sheet = (!table.sheet.is_empty()).then(|| table.sheet.clone());
    mapping.encoding = table.layout.map(|layout| layout.encoding);
    mapping.delimiter = table.layout.map(|layout| char::from(layout.delimiter));
    mapping
}
