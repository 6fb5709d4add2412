//! Waste reports: what waste companies send their customers, as CSV, XLSX or XLS.
//!
//! For: codes of the list of waste (EAL, EWC) in every spelling, Norwegian numbers for waste substances, treatment as
//! words or as R and D codes, hazard by country, weights in the units they come in, and the receiver.
//! Not for: what the waste costs the climate, or general tables (see [`crate::tables`]).
//! Start with [`read`]; [`hazard`] is the list of waste.

mod codes;
mod columns;
mod findings;
mod row;

use std::collections::BTreeMap;

use greenheart_model::{Coverage, CoverageKind, Month, OrgNo, Text};
use serde_json::json;

use crate::tables::{Grid, KnownSite, first_rows};
use crate::{Limits, ReadError, Sink, Source, Summary};
pub use codes::{Hazard, Jurisdiction, codes, hazard, is_hazardous_number};
use columns::Columns;
pub use findings::FINDINGS;
use row::{Reader, Tally, note};

/// Name of this reader, in batches.
pub const IMPORTER: &str = "waste";
/// Its version; a new one supersedes what an older one read from the same bytes.
pub const VERSION: u32 = 1;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose report it must be, where its rows say.
    pub expected_org: Option<OrgNo>,
    /// Sites that a site column may name.
    pub sites: Vec<KnownSite>,
    /// Whose list of waste counts.
    pub jurisdiction: Jurisdiction,
    /// The member's own meaning of numbers for waste substances: number to key of the item catalogue.
    pub numbers: BTreeMap<String, String>,
    /// What the report covers, stated by a person; replaces what is assumed.
    pub coverage: Option<Vec<Coverage>>,
}

/// Whether the first rows of a file have the headers of a waste report. It looks at the contents, so that workbooks
/// are found too; what cannot be opened is no report.
pub fn looks_like(source: &mut Source<'_>, limits: &Limits) -> bool {
    first_rows(source, limits).iter().any(|row| is_header(row))
}

/// Whether a row holds the headers of a waste report.
pub(crate) fn is_header(row: &[String]) -> bool {
    Columns::of(row).is_some()
}

/// Reads a set of reports. One row is one activity.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when the set cannot be used.
pub fn read(sources: &mut [Source<'_>], options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let mut tally = Tally::default();
    let mut months: Vec<Month> = Vec::new();
    for source in sources.iter_mut() {
        read_one(source, options, sink, &mut tally, &mut months)?;
    }
    let whole: Text = "".into();
    if tally.rows == 0 {
        note(
            sink,
            &whole,
            "waste.rows_none",
            0,
            "",
            format!("{} rows were looked at", tally.unusable),
        );
        return Err(ReadError::Refused {
            code: "waste.rows_none",
        });
    }
    for (row, detail) in tally.weights.outliers() {
        note(sink, &whole, "waste.implausible", row, "weight", detail);
    }
    let coverage = options.coverage.clone().unwrap_or_else(|| assumed(&months, sink));
    Ok(Summary {
        org_no: options.expected_org,
        coverage,
        control_totals: Vec::new(),
        rows: tally.rows,
        overview: json!({
            "rows": tally.rows,
            "rows_unusable": tally.unusable,
            "rows_without_mass": tally.without_mass,
            "kg": tally.mass_kg,
            "kg_by_treatment": tally.by_treatment,
            "kg_hazardous": tally.hazardous_kg,
        }),
    })
}

fn read_one(
    source: &mut Source<'_>,
    options: &Options,
    sink: &mut dyn Sink,
    tally: &mut Tally,
    months: &mut Vec<Month>,
) -> Result<(), ReadError> {
    let file: Text = source.name.as_str().into();
    let accept = |headers: &[String]| Columns::of(headers).is_some();
    let Some(grid) = Grid::open(source, &options.limits, sink, &accept)? else {
        note(sink, &file, "waste.not_report", 0, "", String::new());
        return Err(ReadError::Refused {
            code: "waste.not_report",
        });
    };
    let Some(columns) = Columns::of(&grid.headers) else {
        return Err(ReadError::Refused {
            code: "waste.not_report",
        });
    };
    let place = source.position;
    let mut noting = Months { sink, months };
    grid.each(source, &options.limits, &mut noting, &mut |row| {
        Reader {
            row,
            columns: &columns,
            options,
            tally,
            file: &file,
            position: place,
        }
        .read()
    })
}

/// Passes rows on and keeps the months that they touch.
struct Months<'m> {
    sink: &'m mut dyn Sink,
    months: &'m mut Vec<Month>,
}

impl Sink for Months<'_> {
    fn activity(&mut self, activity: greenheart_model::Activity) -> Result<(), crate::Stopped> {
        crate::coverage::touch(self.months, activity.period);
        self.sink.activity(activity)
    }
    fn finding(&mut self, finding: greenheart_model::Finding) {
        self.sink.finding(finding);
    }
    fn progress(&mut self, bytes_read: u64) -> Result<(), crate::Stopped> {
        self.sink.progress(bytes_read)
    }
}

fn assumed(months: &[Month], sink: &mut dyn Sink) -> Vec<Coverage> {
    note(sink, &"".into(), "waste.coverage_assumed", 0, "", String::new());
    crate::coverage::runs(CoverageKind::Waste, months)
}
