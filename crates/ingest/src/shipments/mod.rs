//! Shipments: consignments with mass, distance and its basis, vehicle and carrier.
//!
//! For: freight lists that companies and their carriers keep, as CSV, XLSX or XLS; despatch advices make consignments
//! too (see [`crate::ehf`]). Freight work rests on the transport activity distance of EN ISO 14083, never on kilometres
//! driven. Rows with one number and numbered legs are one chain. Not for: routes and tours.
//! Start with [`Consignment`]; [`read`] gives activities, [`read_consignments`] the consignments themselves.

mod columns;
mod consignment;
mod findings;
mod row;

pub use greenheart_model::DistanceBasis;
use greenheart_model::{Coverage, CoverageKind, Month, OrgNo, RowPlace, Text};
use serde_json::{Value, json};

use crate::tables::{Grid, first_rows};
use crate::{Limits, ReadError, Sink, Source, Stopped, Summary};
use columns::Columns;
pub use consignment::{Consignment, Distance, Endpoint, Mode};
pub use findings::FINDINGS;
use row::{Reader, Tally, note};

/// Name of this reader, in batches.
pub const IMPORTER: &str = "shipments";
/// Its version; a new one supersedes what an older one read from the same bytes.
pub const VERSION: u32 = 2;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose freight it is; the lists do not say.
    pub member: Option<OrgNo>,
    /// What the list covers, stated by a person; replaces what is assumed.
    pub coverage: Option<Vec<Coverage>>,
}

/// Whether the first rows of a file have the headers of a freight list. It looks at the contents, so that workbooks
/// are found too; what cannot be opened is no list.
pub fn looks_like(source: &mut Source<'_>, limits: &Limits) -> bool {
    first_rows(source, limits).iter().any(|row| is_header(row))
}

/// Whether a row holds the headers of a freight list.
pub(crate) fn is_header(row: &[String]) -> bool {
    Columns::of(row).is_some()
}

/// Reads a set of freight lists into activities, one for each consignment.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when the set cannot be used.
pub fn read(sources: &mut [Source<'_>], options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let mut rows = 0;
    read_consignments(sources, options, sink, &mut |consignment, place, sink| {
        rows += 1;
        let mut activity = consignment.to_activity(place);
        activity.row_no = rows;
        sink.activity(activity)
    })
}

/// Takes a consignment, its place, and the sink.
pub type Take<'t> = &'t mut dyn FnMut(Consignment, RowPlace, &mut dyn Sink) -> Result<(), Stopped>;

/// Reads a set of freight lists into consignments; findings and progress go to the sink.
///
/// # Errors
/// As [`read`].
pub fn read_consignments(
    sources: &mut [Source<'_>],
    options: &Options,
    sink: &mut dyn Sink,
    take: Take<'_>,
) -> Result<Summary, ReadError> {
    let mut tally = Tally::default();
    let mut months: Vec<Month> = Vec::new();
    for source in sources.iter_mut() {
        read_one(source, options, sink, &mut tally, &mut months, take)?;
    }
    let whole: Text = "".into();
    if tally.rows == 0 {
        note(
            sink,
            &whole,
            "shipments.rows_none",
            0,
            "",
            format!("{} rows were looked at", tally.unusable),
        );
        return Err(ReadError::Refused {
            code: "shipments.rows_none",
        });
    }
    let coverage = options.coverage.clone().unwrap_or_else(|| {
        note(sink, &whole, "shipments.coverage_assumed", 0, "", String::new());
        crate::coverage::runs(CoverageKind::Transport, &months)
    });
    Ok(Summary {
        org_no: options.member,
        coverage,
        control_totals: Vec::new(),
        rows: tally.rows,
        overview: overview(&tally),
    })
}

fn overview(tally: &Tally) -> Value {
    json!({
        "consignments": tally.rows,
        "rows_unusable": tally.unusable,
        "without_distance": tally.without_distance,
        "kg": tally.mass_kg,
        "tkm": tally.tkm,
        "stated_co2e_kg": tally.co2e_kg,
    })
}

fn read_one(
    source: &mut Source<'_>,
    options: &Options,
    sink: &mut dyn Sink,
    tally: &mut Tally,
    months: &mut Vec<Month>,
    take: Take<'_>,
) -> Result<(), ReadError> {
    let file: Text = source.name.as_str().into();
    let accept = |headers: &[String]| Columns::of(headers).is_some();
    let grid = Grid::open(source, &options.limits, sink, &accept)?;
    let Some((grid, columns)) = grid.and_then(|grid| Columns::of(&grid.headers).map(|columns| (grid, columns))) else {
        note(sink, &file, "shipments.not_shipments", 0, "", String::new());
        return Err(ReadError::Refused {
            code: "shipments.not_shipments",
        });
    };
    let position = source.position;
    grid.each(source, &options.limits, sink, &mut |row| {
        let place = RowPlace {
            file: position,
            row: row.number,
        };
        let read = Reader {
            row,
            columns: &columns,
            options,
            tally,
            file: &file,
        }
        .read();
        let Some(consignment) = read else { return Ok(()) };
        crate::coverage::touch(months, consignment.period);
        Ok(take(consignment, place, row.sink())?)
    })
}
