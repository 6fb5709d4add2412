//! A table whose reader knows its columns itself: headers, then rows, with the marks of each column settled first.

use greenheart_model::{Counterparty, Period};
use greenheart_units::{Amount, DecimalMark, NumberError};

use super::cell::{Cell, Halt, Row};
use super::column::{MarkVotes, Marking, split_number};
use super::date::{self, OrderVote, order_vote};
use super::field::normalise;
use super::findings::{Report, short};
use super::header::HEAD_ROWS;
use super::read::{Table, halted};
use super::{DateOrder, Mapping, words};
use crate::text::{bounded, company_name};
use crate::{Limits, ReadError, Sink, Source};

/// A table with its headers.
pub(crate) struct Grid {
    table: Table,
    head_row: u64,
    /// The headers as compared: lower case, single blanks.
    pub headers: Vec<String>,
    markings: Vec<Marking>,
    order: Option<DateOrder>,
}

/// A row of a grid.
pub(crate) struct GridRow<'g, 's> {
    pub number: u64,
    row: Row,
    grid: &'g Grid,
    report: &'g mut Report<'s>,
}

impl Grid {
    /// Opens a table and finds the headers that `accept` takes; `None` when no row has them. What the bytes
    /// themselves are like is told with codes of plain tables.
    pub(crate) fn open(
        source: &mut Source<'_>,
        limits: &Limits,
        sink: &mut dyn Sink,
        accept: &dyn Fn(&[String]) -> bool,
    ) -> Result<Option<Self>, ReadError> {
        let mut report = Report {
            sink,
            file: source.name.as_str().into(),
        };
        let opened = Self::try_open(source, limits, &mut report, accept);
        opened.map_err(|halt| halted(halt, &mut report))
    }

    fn try_open(
        source: &mut Source<'_>,
        limits: &Limits,
        report: &mut Report<'_>,
        accept: &dyn Fn(&[String]) -> bool,
    ) -> Result<Option<Self>, Halt> {
        let table = Table::open(source, &Mapping::default(), limits, report)?;
        let rows = table.head_rows(source, limits)?;
        if rows.iter().all(Row::is_empty) {
            return Err(Halt::Refused("table.empty", 0, "no row has anything in it".into()));
        }
        let found = rows.iter().take(HEAD_ROWS).find_map(|row| {
            let headers: Vec<String> = row.cells.iter().map(|cell| normalise(&cell.to_string())).collect();
            accept(&headers).then_some((row.number, headers))
        });
        let Some((head_row, headers)) = found else {
            return Ok(None);
        };
        let mut grid = Self {
            table,
            head_row,
            headers,
            markings: Vec::new(),
            order: None,
        };
        grid.hear(source, limits, report)?;
        Ok(Some(grid))
    }

    /// The first pass: how each column writes its numbers, and all of them their dates.
    fn hear(&mut self, source: &mut Source<'_>, limits: &Limits, report: &mut Report<'_>) -> Result<(), Halt> {
        let mut votes = vec![MarkVotes::default(); self.headers.len()];
        let (mut day_first, mut month_first) = (0_u64, 0_u64);
        let (head_row, mut rows, mut next) = (self.head_row, 0_u64, 0_u64);
        self.table.walk(source, limits, &mut |row| {
            if row.bytes >= next {
                report.sink.progress(0)?;
                next = row.bytes + (1 << 20);
            }
            rows += 1;
            if rows > limits.rows {
                let detail = format!("more than {}", limits.rows);
                return Err(Halt::Refused("table.too_many_rows", row.number, detail));
            }
            if row.number <= head_row {
                return Ok(true);
            }
            for (cell, votes) in row.cells.iter().zip(&mut votes) {
                votes.hear(row.number, cell);
                if let Cell::Text(text) = cell {
                    match order_vote(text) {
                        OrderVote::Says(DateOrder::DayFirst) => day_first += 1,
                        OrderVote::Says(DateOrder::MonthFirst) => month_first += 1,
                        OrderVote::Either | OrderVote::Nothing => {}
                    }
                }
            }
            Ok(true)
        })?;
        self.markings = votes.iter().map(|votes| votes.marking(None)).collect();
        // One file writes its numbers in one way: a column that leaves it open follows those that do not.
        let known = |mark| self.markings.contains(&Marking::Known(mark)) && votes.iter().any(MarkVotes::voted);
        let comma = known(DecimalMark::Comma);
        for marking in &mut self.markings {
            if *marking == Marking::Ambiguous && comma {
                *marking = Marking::Known(DecimalMark::Comma);
            }
        }
        // Norwegian and most European exports write the day first.
        self.order = Some(if month_first > 0 && day_first == 0 {
            DateOrder::MonthFirst
        } else {
            DateOrder::DayFirst
        });
        Ok(())
    }

    /// The second pass: every row below the headers that is neither empty nor the headers once more.
    pub(crate) fn each(
        &self,
        source: &mut Source<'_>,
        limits: &Limits,
        sink: &mut dyn Sink,
        visit: &mut dyn FnMut(&mut GridRow<'_, '_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut report = Report {
            sink,
            file: source.name.as_str().into(),
        };
        let mut next = 0_u64;
        let walked = self.table.walk(source, limits, &mut |row| {
            if row.bytes >= next {
                report.sink.progress(row.bytes)?;
                next = row.bytes + (1 << 20);
            }
            if row.number <= self.head_row || row.is_empty() || self.is_head(&row) {
                return Ok(true);
            }
            let number = row.number;
            let report = &mut Report {
                sink: &mut *report.sink,
                file: report.file.clone(),
            };
            visit(&mut GridRow {
                number,
                row,
                grid: self,
                report,
            })?;
            Ok(true)
        });
        walked.map_err(|halt| halted(halt, &mut report))
    }

    fn is_head(&self, row: &Row) -> bool {
        let same = row.cells.iter().zip(&self.headers);
        same.clone().filter(|(cell, _)| !cell.is_empty()).count() > 1
            && same
                .into_iter()
                .all(|(cell, header)| normalise(&cell.to_string()) == *header)
    }
}

/// The position of the first header that is one of `names`, with or without a unit in brackets behind it.
pub(crate) fn position(headers: &[String], names: &[&str]) -> Option<usize> {
    headers.iter().position(|header| {
        let bare = header.split(['(', '[']).next().unwrap_or(header).trim_end();
        names.contains(&header.as_str()) || names.contains(&bare)
    })
}

/// What stands in brackets in a header: `vekt (kg)` has `kg`.
pub(crate) fn bracketed(header: &str) -> Option<&str> {
    let inner = &header[header.find(['(', '['])? + 1..];
    Some(inner.trim_end_matches([')', ']']).trim()).filter(|inner| !inner.is_empty())
}

/// Hears nothing.
struct Deaf;
impl Sink for Deaf {
    fn activity(&mut self, _: greenheart_model::Activity) -> Result<(), crate::Stopped> {
        Ok(())
    }
    fn finding(&mut self, _: greenheart_model::Finding) {}
    fn progress(&mut self, _: u64) -> Result<(), crate::Stopped> {
        Ok(())
    }
}

/// Every row of a table that has something in it, as texts, with its number in the file: for tables that hold no
/// activities. What the bytes are like (encoding, separator, workbook) is settled as for any table.
///
/// # Errors
/// When the file is no table, or passes a limit; `sink` hears why.
pub fn text_rows(
    source: &mut Source<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let mut report = Report {
        sink,
        file: source.name.as_str().into(),
    };
    let mut rows = Vec::new();
    let table = Table::open(source, &Mapping::default(), limits, &mut report);
    let walked = table.and_then(|table| {
        table.walk(source, limits, &mut |row| {
            if rows.len() as u64 >= limits.rows {
                let detail = format!("more than {}", limits.rows);
                return Err(Halt::Refused("table.too_many_rows", row.number, detail));
            }
            if !row.is_empty() {
                rows.push((row.number, row.cells.iter().map(ToString::to_string).collect()));
            }
            Ok(true)
        })
    });
    walked.map_err(|halt| halted(halt, &mut report))?;
    Ok(rows)
}

/// The first rows of a table, as headers are compared; none when it cannot be opened.
pub(crate) fn first_rows(source: &mut Source<'_>, limits: &Limits) -> Vec<Vec<String>> {
    let mut report = Report {
        sink: &mut Deaf,
        file: "".into(),
    };
    let table = Table::open(source, &Mapping::default(), limits, &mut report);
    let rows = table
        .and_then(|table| table.head_rows(source, limits))
        .unwrap_or_default();
    let texts = |row: &Row| row.cells.iter().map(|cell| normalise(&cell.to_string())).collect();
    rows.iter().map(texts).collect()
}

impl GridRow<'_, '_> {
    /// Where findings go.
    pub(crate) fn sink(&mut self) -> &mut dyn Sink {
        self.report.sink
    }

    /// The text of a column; formulas written as text and errors of the spreadsheet are told, and empty.
    pub(crate) fn text(&mut self, at: Option<usize>) -> Option<String> {
        let cell = self.row.cell(at?);
        if cell.is_formula() {
            let detail = short(&cell.to_string());
            self.report.note("table.formula", self.number, "", detail);
            return None;
        }
        match cell {
            Cell::Empty => None,
            Cell::Error(error) => {
                let detail = error.clone();
                self.report.note("table.cell_error", self.number, "", detail);
                None
            }
            other => Some(other.to_string()),
        }
    }

    /// The number of a column and the unit behind it; an error when it is none.
    pub(crate) fn number(&mut self, at: Option<usize>) -> Option<Result<(Amount, String), NumberError>> {
        let index = at?;
        let text = self.text(at)?;
        let marking = self.grid.markings.get(index).copied().unwrap_or(Marking::Mixed);
        let cell = self.row.cell(index);
        if let Cell::Number(_) = cell {
            return Some(marking.number(cell).map(|number| (number, String::new())));
        }
        let (number, unit) = split_number(&text);
        Some(marking.text(number).map(|number| (number, unit.to_owned())))
    }

    /// The period of one column, or between two.
    pub(crate) fn period(&mut self, from: Option<usize>, to: Option<usize>) -> Option<Period> {
        let order = self.grid.order;
        let mut of = |at: Option<usize>| self.text(at).and_then(|text| date::period(&text, order));
        match (of(from), of(to)) {
            (Some(from), Some(to)) => Period::new(from.from(), to.to()).ok(),
            (one, other) => one.or(other),
        }
    }

    /// A company by its number and name; a name that may be a person's is left out.
    pub(crate) fn party(&mut self, org_no: Option<usize>, name: Option<usize>) -> Option<Counterparty> {
        let org_no = self.text(org_no).and_then(|text| text.parse().ok());
        let name = self.text(name).and_then(|name| company_name(bounded(&name)));
        (org_no.is_some() || name.is_some()).then_some(Counterparty {
            org_no,
            name,
            ..Counterparty::default()
        })
    }

    /// Whether the row is a sum of others.
    pub(crate) fn is_total(&self) -> bool {
        let first = self.row.cells.iter().find(|cell| !cell.is_empty());
        matches!(first, Some(Cell::Text(text)) if words::is_total(text))
    }
}
