//! Where the table begins, and which column is which.

use std::collections::BTreeMap;

use greenheart_model::{ActivityKind, Coverage, CoverageKind};

use super::cell::{Cell, Row};
use super::field::{field_of_header, normalise};
use super::{Column, Field, Mapping, words};

/// Rows looked at for the headers.
pub(super) const HEAD_ROWS: usize = 60;

/// The headers of a table and what stands above them.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// Row number of the headers; 0 when there are none.
    pub row: u64,
    /// The headers as written.
    pub headers: Vec<String>,
    /// Lines above that say what the file covers.
    pub coverage: Vec<Coverage>,
    /// Such lines that cannot be understood.
    pub bad_lines: Vec<(u64, String)>,
    /// The kind that a line above states.
    pub kind: Option<ActivityKind>,
}

/// Finds the headers: the row that the mapping names, else the row with the most known headers, else
/// the first one as wide as most that holds only text.
pub(super) fn find(rows: &[Row], mapping: &Mapping) -> Head {
    let at = match mapping.header_row {
        Some(0) => None,
        Some(number) => rows.iter().position(|row| row.number == number),
        None => best(rows, mapping).or_else(|| first_text_row(rows)),
    };
    let mut head = Head::default();
    let above = at.unwrap_or(0);
    rows[..above].iter().for_each(|row| head.line_above(row));
    if let Some(row) = at.map(|at| &rows[at]) {
        head.row = row.number;
        head.headers = row.cells.iter().map(ToString::to_string).collect();
        while head.headers.last().is_some_and(String::is_empty) {
            head.headers.pop();
        }
    }
    head
}

fn best(rows: &[Row], mapping: &Mapping) -> Option<usize> {
    let named: Vec<String> = mapping
        .columns
        .values()
        .filter_map(|column| match column {
            Column::Header(header) => Some(normalise(header)),
            Column::Position(_) => None,
        })
        .collect();
    let known = |cell: &&Cell| match cell {
        Cell::Text(text) => field_of_header(text).is_some() || named.contains(&normalise(text)),
        _ => false,
    };
    let scored = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.cells.iter().filter(known).count(), at));
    let least = if named.len() == 1 { 1 } else { 2 };
    scored
        .filter(|(score, _)| *score >= least)
        .max_by_key(|(score, at)| (*score, usize::MAX - at))
        .map(|(_, at)| at)
}

fn first_text_row(rows: &[Row]) -> Option<usize> {
    let width = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let common = rows
        .iter()
        .map(width)
        .max_by_key(|w| (rows.iter().filter(|r| width(r) == *w).count(), *w))?;
    rows.iter().position(|row| {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => !text.starts_with(|c: char| c.is_ascii_digit()) || text.contains(char::is_alphabetic),
            other => other.is_empty(),
        };
        width(row) > 1 && width(row) * 10 >= common * 7 && row.cells.iter().all(text)
    })
}

impl Head {
    /// `# coverage: energy 2024` and `# kind: electricity`.
    fn line_above(&mut self, row: &Row) {
        let line = row
            .cells
            .iter()
            .filter(|c| !c.is_empty())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        let Some((name, value)) = line.strip_prefix('#').and_then(|rest| rest.split_once(':')) else {
            return;
        };
        match name.trim().to_lowercase().as_str() {
            "coverage" | "dekning" => match coverage_line(value) {
                Some(coverage) => self.coverage.push(coverage),
                None => self.bad_lines.push((row.number, line.clone())),
            },
            "kind" | "type" => self.kind = words::kind(value.trim()),
            _ => {}
        }
    }

    /// Where each field of the mapping stands, from 0; and the columns that the file lacks.
    pub fn resolve(&self, mapping: &Mapping) -> (BTreeMap<Field, usize>, Vec<String>) {
        let (mut columns, mut missing) = (BTreeMap::new(), Vec::new());
        for (field, column) in &mapping.columns {
            let found = match column {
                Column::Position(at) => at.checked_sub(1),
                Column::Header(header) => self
                    .headers
                    .iter()
                    .position(|known| normalise(known) == normalise(header)),
            };
            match found {
                Some(at) => drop(columns.insert(*field, at)),
                None => missing.push(format!("{}: {column:?}", field.name())),
            }
        }
        (columns, missing)
    }

    /// Whether a row is the headers once more.
    pub fn is_repeated(&self, row: &Row) -> bool {
        let texts = row.cells.iter().map(ToString::to_string);
        !self.headers.is_empty()
            && texts.zip(&self.headers).filter(|(text, _)| !text.is_empty()).count() > 1
            && row
                .cells
                .iter()
                .zip(&self.headers)
                .all(|(cell, header)| cell.to_string() == *header)
    }
}

/// `energy 2024`
pub(super) fn coverage_line(text: &str) -> Option<Coverage> {
    let (kind, period) = text.trim().split_once(char::is_whitespace)?;
    let kind: CoverageKind = kind.parse().ok()?;
    Some(Coverage {
        kind,
        period: super::date::period(period, None)?,
    })
}
