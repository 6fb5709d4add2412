//! EHF and Peppol: invoices and credit notes (BIS Billing 3 and EHF 2), despatch advices, and the CO2 that they state.
//!
//! For: one file, a folder of files or archives of them, of which one member is the buyer or the seller. A line is an
//! activity; the lines of a power or heat bill are one for each metering point and period. Attachments are passed
//! over. Not for: orders, catalogues, pictures of invoices.
//! Elements are matched by local name, in any envelope and under any prefix.
//! Start with [`read`].
//!
//! # Source
//! Peppol BIS Billing 3.0 and Norwegian rules (anskaffelser.dev), UBL 2.1, EHF Advanced Despatch Advice 1.3, and the
//! definition of CO2 emission data fields in `AdditionalItemProperty`.

mod check;
mod classify;
mod co2;
mod despatch;
mod document;
mod energy;
mod findings;
mod overview;
mod parse;
mod rows;
mod services;
mod set;
mod tag;

use std::io::Read;

use greenheart_model::{ControlTotal, Coverage, OrgNo};

use crate::archive::{self, OpenError, Slim};
use crate::{Limits, ReadError, Sink, Source, Summary};
pub use co2::{FactorSource, InvoiceLine, LineCo2, WriteError, invoice_lines, write_co2};
pub use findings::FINDINGS;
use set::Set;

/// Name of this reader, in batches.
pub const IMPORTER: &str = "ehf";
/// Its version; a new one supersedes what an older one read from the same bytes.
pub const VERSION: u32 = 2;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose documents they must be, as buyer or as seller.
    pub expected_org: Option<OrgNo>,
    /// What the set covers, stated by a person; replaces what is assumed.
    pub coverage: Option<Vec<Coverage>>,
}

/// Whether the beginning of a file looks like an invoice, credit note or despatch advice.
pub fn looks_like(head: &[u8]) -> bool {
    let text: String = head
        .iter()
        .filter(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
        .collect();
    ["Invoice-2", "CreditNote-2", "DespatchAdvice-2"]
        .iter()
        .any(|name| text.contains(&format!("urn:oasis:names:specification:ubl:schema:xsd:{name}")))
        || text.contains("StandardBusinessDocument")
}

/// Reads a set of documents: files, plain or zipped.
///
/// Rows are numbered in the order of the files. A row's place is its file and the ordinal of its line in that file.
/// Amounts are without VAT; credit notes count negative. What is wrong with one document of a set is a warning, and the
/// others are read.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when nothing in the set can be used.
pub fn read(sources: &mut [Source<'_>], options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let single = match sources {
        [one] => !archive::is_zip(&mut *one.reader)?,
        _ => false,
    };
    let mut set = Set::new(options, sink, single);
    let mut used = 0_u64;
    for source in sources.iter_mut() {
        used += read_source(source, &mut set)?;
        set.bytes_before += source.size;
        set.progress(0)?;
    }
    if used == 0 {
        // The finding of a single file has been given.
        if let Some(code) = set.refusal.filter(|_| single) {
            return Err(ReadError::Refused { code });
        }
        set.single = true;
        set.file = "".into();
        return Err(set.refuse("ehf.nothing", "no document could be read"));
    }
    set.check_credits();
    Ok(finish(set))
}

/// Whose document it says it is: seller and buyer of the first document, as far as they have Norwegian numbers.
pub fn peek(source: &mut Source<'_>, limits: &Limits) -> (Option<OrgNo>, Option<OrgNo>) {
    let options = Options {
        limits: limits.clone(),
        ..Options::default()
    };
    let mut sink = FirstRow::default();
    let mut set = Set::new(&options, &mut sink, true);
    let _ = read_source(source, &mut set);
    (set.first_seller, set.owners.first().copied())
}

/// Stops at the first row, or after the first megabyte.
#[derive(Default)]
struct FirstRow(u64);

impl Sink for FirstRow {
    fn activity(&mut self, _: greenheart_model::Activity) -> Result<(), crate::Stopped> {
        Err(crate::Stopped)
    }
    fn finding(&mut self, _: greenheart_model::Finding) {}
    fn progress(&mut self, bytes_read: u64) -> Result<(), crate::Stopped> {
        self.0 = bytes_read;
        if bytes_read > 4 << 20 {
            Err(crate::Stopped)
        } else {
            Ok(())
        }
    }
}

/// Reads the documents of one file; says how many texts could be used.
fn read_source(source: &mut Source<'_>, set: &mut Set<'_>) -> Result<u64, ReadError> {
    set.file = source.name.as_str().into();
    set.position = source.position;
    set.ordinal = 0;
    if source.size == 0 {
        let _ = set.refuse("ehf.empty", "the file has no content");
        return Ok(0);
    }
    if !archive::is_zip(&mut *source.reader)? {
        source.reader.rewind()?;
        return read_text(&mut source.reader, set);
    }
    let name = source.name.clone();
    let mut used = 0;
    let limits = &set.options.limits.clone();
    let opened = archive::each_entry(&mut *source.reader, limits, limits.documents, |entry, reader| {
        let short = entry.rsplit('/').next().unwrap_or(entry);
        set.file = format!("{name}/{short}").into();
        match extension(short) {
            "xml" => used += read_text(reader, set)?,
            "zip" => set.note("ehf.nested_archive", 0, "", String::new()),
            _ => {
                set.overview.not_read += 1;
                set.note("ehf.not_xml", 0, "", String::new());
            }
        }
        Ok(())
    });
    set.file = name.into();
    match opened {
        Ok(result) => result.map(|()| used),
        Err(error) => {
            let code = if matches!(error, OpenError::TooLarge(_)) {
                "ehf.too_large"
            } else {
                "ehf.archive"
            };
            let _ = set.refuse(code, &error.to_string());
            Ok(used)
        }
    }
}

fn extension(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    match lower.rsplit_once('.') {
        Some((_, "xml")) => "xml",
        Some((_, "zip")) => "zip",
        _ => "",
    }
}

/// Reads one text; one if it could be used.
fn read_text(reader: &mut dyn Read, set: &mut Set<'_>) -> Result<u64, ReadError> {
    let before = set.overview.of_others;
    // Attachments stand in the text as one endless word, which is never held.
    match parse::read(&mut Slim::new(reader), set) {
        Ok(()) => Ok(u64::from(set.overview.of_others == before)),
        Err(ReadError::Refused { .. }) => Ok(0),
        Err(other) => Err(other),
    }
}

fn finish(set: Set<'_>) -> Summary {
    let mut set = set;
    let coverage = match &set.options.coverage {
        Some(stated) => stated.clone(),
        None => assumed(&mut set),
    };
    let control_totals = set
        .totals
        .iter()
        .map(|(currency, (stated, computed))| ControlTotal {
            name: format!("line_extension_amount_{}", currency.code().to_lowercase()),
            stated: *stated,
            computed: *computed,
        })
        .collect();
    let org_no = set.options.expected_org.or(match set.owners.as_slice() {
        [one] => Some(*one),
        _ => None,
    });
    Summary {
        org_no,
        coverage,
        control_totals,
        rows: set.rows,
        overview: set.overview.json(),
    }
}

/// Runs of months with rows, by what they are evidence of.
fn assumed(set: &mut Set<'_>) -> Vec<Coverage> {
    let coverage: Vec<Coverage> = set
        .months
        .iter()
        .flat_map(|(kind, months)| crate::coverage::runs(*kind, months))
        .collect();
    if !coverage.is_empty() {
        set.file = "".into();
        set.note("ehf.coverage_assumed", 0, "", String::new());
    }
    coverage
}
