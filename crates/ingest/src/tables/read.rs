//! From a file to activities: the two passes.

use std::collections::BTreeMap;

use greenheart_model::{Coverage, OrgNo, SiteId};

use super::cell::{Cell, Halt, Row, Visit};
use super::column::{MarkVotes, Marking};
use super::csv::{self, Layout};
use super::date::{OrderVote, order_vote};
use super::encoding;
use super::findings::Report;
use super::format::{self, FileKind};
use super::header::{self, HEAD_ROWS, Head};
use super::row::{Outcome, Plan, Reader};
use super::tally::Tally;
use super::{DateOrder, Encoding, Field, Mapping, words, workbook};
use crate::{Limits, ReadError, Sink, Source, Summary};

/// What the caller knows of the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds on memory and time.
    pub limits: Limits,
    /// Whose file it should be.
    pub expected_org: Option<OrgNo>,
    /// Sites that a site column may name.
    pub sites: Vec<KnownSite>,
    /// What the file covers, stated by a person; replaces what the file or the mapping says.
    pub coverage: Option<Vec<Coverage>>,
}

/// A site that a file may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSite {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Its sub-unit number.
    pub sub_unit: Option<OrgNo>,
}

/// Reads a table into activities.
///
/// # Errors
/// [`ReadError::Refused`] when the file cannot be used, with a finding that says why;
/// [`ReadError::Stopped`] when the sink asks for it; [`ReadError::Io`] when the medium fails.
pub fn read(
    source: Source<'_>,
    mapping: &Mapping,
    options: &Options,
    sink: &mut dyn Sink,
) -> Result<Summary, ReadError> {
    let mut source = source;
    let mut report = Report {
        sink,
        file: source.name.as_str().into(),
    };
    let result = read_table(&mut source, mapping, options, &mut report);
    result.map_err(|halt| halted(halt, &mut report))
}

/// Gives the finding of a refusal.
pub(super) fn halted(halt: Halt, report: &mut Report<'_>) -> ReadError {
    match halt {
        Halt::Refused(code, row, detail) => report.refuse(code, row, detail),
        Halt::Read(error) => error,
    }
}

fn refused<T>(code: &'static str, detail: impl Into<String>) -> Result<T, Halt> {
    Err(Halt::Refused(code, 0, detail.into()))
}

fn read_table(
    source: &mut Source<'_>,
    mapping: &Mapping,
    options: &Options,
    report: &mut Report<'_>,
) -> Result<Summary, Halt> {
    check_mapping(mapping)?;
    let table = Table::open(source, mapping, &options.limits, report)?;
    let rows = table.head_rows(source, &options.limits)?;
    if rows.iter().all(Row::is_empty) {
        return refused("table.empty", "no row has anything in it");
    }
    let head = header::find(&rows, mapping);
    let mapping = complete(mapping, &head)?;
    let plan = plan(source, &table, &head, &mapping, options, report)?;
    let mut tally = Tally::default();
    give_rows(source, &table, &head, &plan, &mut tally, report)?;
    finish(&head, &mapping, options, tally, report)
}

fn check_mapping(mapping: &Mapping) -> Result<(), Halt> {
    if mapping.version > Mapping::VERSION {
        return refused("table.mapping_version", format!("version {}", mapping.version));
    }
    if let Some(text) = mapping.fixed.get(&Field::Unit)
        && mapping.fixed_unit().is_none()
    {
        return refused("table.mapping_value", format!("unit `{text}`"));
    }
    Ok(())
}

/// A file as a table: which kind, how its text is laid out, which sheet.
pub(super) struct Table {
    pub kind: FileKind,
    pub layout: Option<Layout>,
    pub sheet: String,
    pub sheets: Vec<String>,
}

impl Table {
    /// Looks at what the file is.
    pub fn open(
        source: &mut Source<'_>,
        mapping: &Mapping,
        limits: &Limits,
        report: &mut Report<'_>,
    ) -> Result<Self, Halt> {
        let (kind, hints) = format::look(&mut source.reader, limits)?;
        if format::kind_of_name(&source.name).is_some_and(|promised| promised != kind) {
            report.note("table.extension", 0, "", format!("{kind:?}"));
        }
        if kind == FileKind::Csv {
            let layout = text_layout(source, mapping, limits, report)?;
            return Ok(Self {
                kind,
                layout: Some(layout),
                sheet: String::new(),
                sheets: Vec::new(),
            });
        }
        let sheets = workbook::sheet_names(&mut source.reader, kind)?;
        let chosen = match &mapping.sheet {
            Some(name) => sheets.iter().find(|sheet| *sheet == name),
            None => sheets.first(),
        };
        let Some(sheet) = chosen.cloned() else {
            let wanted = mapping.sheet.as_deref().unwrap_or("no visible sheet");
            return refused("table.sheet_missing", wanted);
        };
        if hints.hidden {
            report.note("table.hidden", 0, "", "");
        }
        if hints.merged {
            report.note("table.merged", 0, "", "");
        }
        if sheets.len() > 1 && mapping.sheet.is_none() {
            let others = sheets
                .iter()
                .filter(|name| **name != sheet)
                .take(20)
                .cloned()
                .collect::<Vec<_>>();
            report.note(
                "table.sheets_skipped",
                0,
                "",
                format!("read `{sheet}`, skipped {}", others.join(", ")),
            );
        }
        Ok(Self {
            kind,
            layout: None,
            sheet,
            sheets,
        })
    }

    /// Goes over all rows from the start.
    pub fn walk(&self, source: &mut Source<'_>, limits: &Limits, visit: Visit<'_>) -> Result<(), Halt> {
        match self.layout {
            Some(layout) => csv::walk(&mut source.reader, layout, limits, visit),
            None => workbook::walk(&mut source.reader, self.kind, &self.sheet, limits, visit),
        }
    }

    /// The first rows, in which the headers must be.
    pub fn head_rows(&self, source: &mut Source<'_>, limits: &Limits) -> Result<Vec<Row>, Halt> {
        let mut rows = Vec::new();
        let mut blank = 0;
        self.walk(source, limits, &mut |row| {
            if row.is_empty() {
                blank += 1;
            } else {
                rows.push(row);
            }
            Ok(rows.len() < HEAD_ROWS && blank < 10_000)
        })?;
        Ok(rows)
    }
}

fn text_layout(
    source: &mut Source<'_>,
    mapping: &Mapping,
    limits: &Limits,
    report: &mut Report<'_>,
) -> Result<Layout, Halt> {
    source.reader.rewind()?;
    let profile = encoding::profile(&mut source.reader, &mut || report.sink.progress(0))?;
    if profile.nul_bytes > 0 {
        return refused("table.binary", format!("{} zero bytes", profile.nul_bytes));
    }
    if profile.mixed && mapping.encoding.is_none() {
        report.note("table.encoding_mixed", 0, "", "UTF-8, and bytes that are not");
    } else if mapping.encoding.is_none() && matches!(profile.encoding, Encoding::Windows1252 | Encoding::Iso8859_15) {
        report.note("table.encoding", 0, "", profile.encoding.name());
    }
    let encoding = mapping.encoding.unwrap_or(profile.encoding);
    let delimiter = match mapping.delimiter {
        Some(stated) => u8::try_from(stated).ok().filter(u8::is_ascii),
        None => Some(csv::delimiter(&mut source.reader, &profile, limits)?),
    };
    match delimiter.filter(|byte| !matches!(byte, b'"' | b'\n' | b'\r')) {
        Some(delimiter) => Ok(Layout {
            encoding,
            mark_bytes: profile.mark_bytes,
            delimiter,
        }),
        None => refused(
            "table.mapping_value",
            "the delimiter is one ASCII character, not a quote or line end",
        ),
    }
}

/// The mapping with what the headers say filled in.
fn complete(mapping: &Mapping, head: &Head) -> Result<Mapping, Halt> {
    if !mapping.columns.is_empty() {
        return Ok(mapping.clone());
    }
    let Some(found) = Mapping::for_headers(&head.headers) else {
        let headers: Vec<&str> = head.headers.iter().take(30).map(String::as_str).collect();
        return refused("table.mapping_needed", super::findings::short(&headers.join(" | ")));
    };
    let mut mapping = mapping.clone();
    mapping.columns = found.columns;
    for (field, value) in found.fixed {
        mapping.fixed.entry(field).or_insert(value);
    }
    Ok(mapping)
}

/// The first pass: what each column as a whole says of its numbers and dates.
fn plan<'p>(
    source: &mut Source<'_>,
    table: &Table,
    head: &Head,
    mapping: &Mapping,
    options: &'p Options,
    report: &mut Report<'_>,
) -> Result<Plan<'p>, Halt> {
    let (columns, missing) = head.resolve(mapping);
    if !missing.is_empty() {
        return refused("table.column_missing", missing.join("; "));
    }
    for (at, header) in head.headers.iter().enumerate() {
        if !header.is_empty() && !columns.values().any(|used| *used == at) {
            report.note("table.column_unmapped", head.row, header, "");
        }
    }
    let (votes, order) = hear(source, table, head, &columns, &options.limits, report)?;
    let mut markings = BTreeMap::new();
    let agreed = MarkVotes::agreed(votes.values());
    for (field, votes) in votes {
        let marking = match (votes.marking(mapping.decimal_mark), agreed) {
            (Marking::Ambiguous, Some(mark)) => Marking::Known(mark),
            (marking, _) => marking,
        };
        match marking {
            Marking::Ambiguous => report.note("table.decimal_ambiguous", votes.first_ambiguous, field.name(), ""),
            Marking::Mixed => report.note("table.decimal_mixed", 0, field.name(), ""),
            Marking::Known(_) => {}
        }
        markings.insert(field, marking);
    }
    let order = mapping.date_order.or_else(|| order.settle(report));
    let kind = mapping.kind.or(head.kind);
    Ok(Plan {
        columns,
        fixed: mapping.fixed.clone(),
        kind,
        order,
        markings,
        file: source.position,
        text_file: table.layout.is_some(),
        options,
    })
}

/// Votes on the order of day and month, over all columns of time.
#[derive(Default)]
struct OrderVotes {
    day_first: u64,
    month_first: u64,
    either: u64,
}

impl OrderVotes {
    fn settle(&self, report: &mut Report<'_>) -> Option<DateOrder> {
        match (self.day_first, self.month_first, self.either) {
            (1.., 0, _) => Some(DateOrder::DayFirst),
            (0, 1.., _) => Some(DateOrder::MonthFirst),
            (_, _, 0) => None,
            _ => {
                report.note("table.date_ambiguous", 0, "", format!("{} dates", self.either));
                None
            }
        }
    }
}

fn hear(
    source: &mut Source<'_>,
    table: &Table,
    head: &Head,
    columns: &BTreeMap<Field, usize>,
    limits: &Limits,
    report: &mut Report<'_>,
) -> Result<(BTreeMap<Field, MarkVotes>, OrderVotes), Halt> {
    let mut votes: BTreeMap<Field, MarkVotes> = Field::NUMBERS
        .into_iter()
        .filter(|field| columns.contains_key(field))
        .map(|field| (field, MarkVotes::default()))
        .collect();
    let mut order = OrderVotes::default();
    let (mut rows, mut next) = (0_u64, 0_u64);
    table.walk(source, limits, &mut |row| {
        if row.bytes >= next {
            // The first pass only proves that there is progress; the second counts it.
            report.sink.progress(0)?;
            next = row.bytes + (1 << 20);
        }
        rows += 1;
        if rows > limits.rows {
            return Err(Halt::Refused(
                "table.too_many_rows",
                row.number,
                format!("more than {}", limits.rows),
            ));
        }
        if row.number <= head.row {
            return Ok(true);
        }
        for (field, votes) in &mut votes {
            votes.hear(row.number, row.cell(columns[field]));
        }
        for field in Field::TIMES {
            if let Some(Cell::Text(text)) = columns.get(&field).map(|at| row.cell(*at)) {
                match order_vote(text) {
                    OrderVote::Says(DateOrder::DayFirst) => order.day_first += 1,
                    OrderVote::Says(DateOrder::MonthFirst) => order.month_first += 1,
                    OrderVote::Either => order.either += 1,
                    OrderVote::Nothing => {}
                }
            }
        }
        Ok(true)
    })?;
    Ok((votes, order))
}

/// The second pass: every row to the sink, or a finding that says why not.
fn give_rows(
    source: &mut Source<'_>,
    table: &Table,
    head: &Head,
    plan: &Plan<'_>,
    tally: &mut Tally,
    report: &mut Report<'_>,
) -> Result<(), Halt> {
    let limits = &plan.options.limits;
    let mut next = 0_u64;
    table.walk(source, limits, &mut |row| {
        if row.bytes >= next {
            report.sink.progress(row.bytes)?;
            next = row.bytes + (1 << 20);
        }
        if row.number > head.row && !row.is_empty() {
            tally.rows_read += 1;
            one_row(&row, head, plan, tally, report)?;
        }
        Ok(true)
    })
}

fn one_row(row: &Row, head: &Head, plan: &Plan<'_>, tally: &mut Tally, report: &mut Report<'_>) -> Result<(), Halt> {
    if head.is_repeated(row) {
        report.note("table.header_repeated", row.number, "", "");
        tally.rows_skipped += 1;
        return Ok(());
    }
    let (quantity, amount) = (plan.number(row, Field::Quantity), plan.number(row, Field::Amount));
    if is_total(row, plan) {
        tally.rows_skipped += 1;
        for differing in tally.total(row.number, quantity, amount) {
            report.note("table.control_total", row.number, "", differing);
        }
        return Ok(());
    }
    tally.add_raw(quantity, amount);
    let width = head.headers.len();
    if width > 0 && row.cells.iter().skip(width).any(|cell| !cell.is_empty()) {
        report.note(
            "table.row_long",
            row.number,
            "",
            format!("{} cells, {width} headers", row.cells.len()),
        );
        report.note("table.row_unusable", row.number, "", "its columns may have shifted");
        tally.rows_unusable += 1;
        return Ok(());
    }
    if width > row.cells.len() && plan.text_file {
        report.note(
            "table.row_short",
            row.number,
            "",
            format!("{} cells, {width} headers", row.cells.len()),
        );
    }
    let outcome = Reader { plan, row, report }.read(tally.rows_given + 1);
    match outcome {
        Outcome::Given(activity) => {
            tally.count(&activity);
            report.sink.activity(*activity)?;
        }
        Outcome::Unusable => tally.rows_unusable += 1,
        Outcome::OtherCompany => tally.rows_of_others += 1,
    }
    Ok(())
}

/// A label such as `Sum` first, and no time: a total that the file states.
fn is_total(row: &Row, plan: &Plan<'_>) -> bool {
    let label = row.first_text();
    let timeless = Field::TIMES
        .iter()
        .filter_map(|field| plan.cell(row, *field))
        .all(|cell| cell.is_empty() || cell.to_string() == label);
    words::is_total(&label) && timeless
}

fn finish(
    head: &Head,
    mapping: &Mapping,
    options: &Options,
    tally: Tally,
    report: &mut Report<'_>,
) -> Result<Summary, Halt> {
    if tally.rows_given == 0 && tally.rows_of_others > 0 {
        return refused("table.only_other_company", format!("{} rows", tally.rows_of_others));
    }
    if tally.rows_given == 0 {
        return refused("table.rows_none", format!("{} rows read", tally.rows_read));
    }
    for (row, line) in &head.bad_lines {
        report.note("table.coverage_line", *row, "", super::findings::short(line));
    }
    let stated = [options.coverage.as_ref(), Some(&mapping.coverage), Some(&head.coverage)];
    let stated = stated
        .into_iter()
        .flatten()
        .find(|coverage| !coverage.is_empty())
        .cloned();
    let coverage = match (stated, &options.coverage) {
        (Some(coverage), _) => coverage,
        (None, Some(_)) => Vec::new(),
        (None, None) => assumed(&tally, report),
    };
    Ok(Summary {
        org_no: None,
        coverage,
        rows: tally.rows_given,
        overview: tally.overview(),
        control_totals: tally.totals,
    })
}

fn assumed(tally: &Tally, report: &mut Report<'_>) -> Vec<Coverage> {
    let coverage = tally.assumed_coverage();
    for part in &coverage {
        report.note(
            "table.coverage_assumed",
            0,
            "",
            format!("{} {}", part.kind, part.period),
        );
    }
    coverage
}
