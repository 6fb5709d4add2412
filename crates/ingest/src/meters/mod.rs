//! Meters: hourly and quarter-hourly values of metering points, added up by month.
//!
//! For: Elhub's exports (one file for each metering point and month), exports of grid companies' and building owners'
//! portals as CSV or XLSX, in rows or with one column for each metering point, as consumption or as states of a register.
//! Times are Norwegian local time unless they state their offset: the hour that comes twice in October and the one that
//! is missing in March are told apart. Not for: bills (see [`crate::ehf`]).
//! Start with [`read`].

mod columns;
mod file;
mod findings;
mod months;
mod series;
mod set;
mod time;

use greenheart_model::{Coverage, OrgNo};

use crate::archive::{self, OpenError};
use crate::{Limits, ReadError, Sink, Source, Summary};
pub use findings::FINDINGS;
use set::Set;

/// Name of this reader, in batches.
pub const IMPORTER: &str = "meters";
/// Its version; a new one supersedes what an older one read from the same bytes.
pub const VERSION: u32 = 1;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose meters they are; the files do not say.
    pub member: Option<OrgNo>,
    /// What the set covers, stated by a person; replaces what is assumed.
    pub coverage: Option<Vec<Coverage>>,
}

/// Whether the beginning of a file looks like readings of a meter: headers of time and value and a metering point or
/// a clock time, and nothing of a general table.
pub fn looks_like(head: &[u8]) -> bool {
    let text: String = match std::str::from_utf8(head) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(head)
            .0
            .into_owned(),
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().take(40);
    let Some((delimiter, columns)) = lines.by_ref().find_map(file::header) else {
        return false;
    };
    let mut has_clock = || {
        let first = lines.find(|line| !line.trim().is_empty()).unwrap_or_default();
        let cell = columns.from.and_then(|at| first.split(char::from(delimiter)).nth(at));
        cell.is_some_and(|cell| cell.contains(':'))
    };
    columns.meter.is_some() || !columns.wide.is_empty() || columns.clock.is_some() || has_clock()
}

/// Whether a row of a workbook holds the headers of an export of meters: it names a metering point.
pub(crate) fn is_header(row: &[String]) -> bool {
    columns::Columns::of(row).is_some_and(|columns| {
        !columns.is_table && (columns.meter.is_some() || !columns.wide.is_empty() || columns.clock.is_some())
    })
}

/// Reads a set of exports, in any order: files, plain or zipped, CSV or XLSX.
///
/// A row is a metering point, direction and month; its place is that of its first reading. Energy drawn is
/// [`Electricity`](greenheart_model::ActivityKind::Electricity) (or heat, where the file says so); energy fed in is kept
/// as another posting.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when nothing in the set can be used.
pub fn read(sources: &mut [Source<'_>], options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let single = sources.len() == 1;
    let mut set = Set::new(options, sink, single);
    for source in sources.iter_mut() {
        match read_source(source, &mut set) {
            Err(ReadError::Refused {
                code: "meters.too_many",
            }) => {
                return Err(ReadError::Refused {
                    code: "meters.too_many",
                });
            }
            Ok(()) | Err(ReadError::Refused { .. }) => {}
            Err(other) => return Err(other),
        }
        set.bytes_before += source.size;
        set.progress(0)?;
    }
    if set.readings == 0 {
        if let Some(code) = set.refusal.filter(|_| single) {
            return Err(ReadError::Refused { code });
        }
        set.single = true;
        set.file = "".into();
        return Err(set.refuse("meters.nothing", "no reading was found"));
    }
    months::finish(set)
}

fn read_source(source: &mut Source<'_>, set: &mut Set<'_>) -> Result<(), ReadError> {
    set.begin_file(&source.name);
    set.position = source.position;
    if source.size == 0 {
        return Err(set.refuse("meters.empty", "the file has no content"));
    }
    let name = source.name.clone();
    if !archive::is_zip(&mut *source.reader)? {
        source.reader.rewind()?;
        return file::text(&mut source.reader, &name, set);
    }
    let limits = set.options.limits.clone();
    match archive::entries(&mut *source.reader, &limits) {
        Ok(names) if names.iter().any(|entry| entry.eq_ignore_ascii_case("xl/workbook.xml")) => {
            return file::workbook(&mut *source.reader, &name, set);
        }
        Ok(_) => {}
        Err(error) => return Err(refusal(&error, set)),
    }
    let opened = archive::each_entry(&mut *source.reader, &limits, limits.documents, |entry, reader| {
        let short = entry.rsplit('/').next().unwrap_or(entry);
        set.begin_file(&format!("{name}/{short}"));
        let lower = short.to_ascii_lowercase();
        if ![".csv", ".txt", ".tsv"].iter().any(|end| lower.ends_with(end)) {
            set.note("meters.file_passed", 0, "", String::new());
            return Ok(());
        }
        match file::text(reader, short, set) {
            Err(ReadError::Refused { code }) if code != "meters.too_many" && !set.single => Ok(()),
            other => other,
        }
    });
    set.file = name.as_str().into();
    match opened {
        Ok(result) => result,
        Err(error) => Err(refusal(&error, set)),
    }
}

fn refusal(error: &OpenError, set: &mut Set<'_>) -> ReadError {
    let code = if matches!(error, OpenError::TooLarge(_)) {
        "meters.too_large"
    } else {
        "meters.archive"
    };
    set.refuse(code, &error.to_string())
}
