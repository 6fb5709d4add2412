//! SAF-T Financial of the Norwegian Tax Administration, versions 1.10, 1.20 and 1.30.
//!
//! One journal line on a profit-and-loss or capital account is one activity. The supplier stands on
//! the payable line of a transaction and is joined to the cost lines through it. Elements are matched by
//! local name, so that any prefix, and a file without namespace, can be read.
//!
//! # Source
//! Schemas 1.10, 1.20 and 1.30 and the documentation of the Norwegian Tax Administration.

mod accounts;
mod document;
mod findings;
mod header;
mod masters;
mod overview;
mod state;
mod tag;
mod totals;
mod transaction;

use std::io::Read;

use greenheart_model::{Finding, OrgNo, Place, Severity};

use crate::archive::{self, OpenError};
use crate::{Limits, ReadError, Sink, Source, Summary};
use document::Pass;
pub use findings::FINDINGS;
use state::State;

/// Name of this reader, in batches.
pub const IMPORTER: &str = "saft";
/// Its version; a new one supersedes what an older one read from the same bytes.
pub const VERSION: u32 = 2;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Whose file it must be.
    pub expected_org: Option<OrgNo>,
}

/// Whether the beginning of a file looks like SAF-T.
pub fn looks_like(head: &[u8]) -> bool {
    let text: String = head
        .iter()
        .filter(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
        .collect();
    text.contains("AuditFile") || text.contains("StandardAuditFile-Taxation-Financial")
}

/// Whose file it says it is, from its header; `None` when the header cannot be read.
pub fn peek(source: &mut Source<'_>, limits: &Limits) -> Option<OrgNo> {
    let options = Options {
        limits: limits.clone(),
        expected_org: None,
    };
    let mut sink = HeaderOnly;
    let mut state = State::new(&options, &mut sink);
    let sources = std::slice::from_mut(source);
    for document in documents(sources, &mut state).ok()? {
        // What is wrong with the rest of the file is said when it is read as a whole.
        open(sources, &document, &options, &mut state, Pass::MasterData).ok();
        if let Some(org_no) = state.org_no() {
            return Some(org_no);
        }
    }
    None
}

/// Stops at the first row or megabyte: the header stands before both.
struct HeaderOnly;

impl Sink for HeaderOnly {
    fn activity(&mut self, _: greenheart_model::Activity) -> Result<(), crate::Stopped> {
        Err(crate::Stopped)
    }
    fn finding(&mut self, _: Finding) {}
    fn progress(&mut self, _: u64) -> Result<(), crate::Stopped> {
        Err(crate::Stopped)
    }
}

/// Reads one file set: one file, or the parts of a split export, plain or zipped, in any order.
///
/// Rows are numbered in the order of the parts given. Amounts are in the currency of the file.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when the set cannot be used at all.
pub fn read(sources: &mut [Source<'_>], options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let mut state = State::new(options, sink);
    let documents = documents(sources, &mut state)?;
    // In a split export the master data may stand in any part: read them from all parts first.
    if documents.len() > 1 {
        for document in &documents {
            open(sources, document, options, &mut state, Pass::MasterData)?;
        }
    }
    let pass = if documents.len() > 1 {
        Pass::Entries
    } else {
        Pass::Everything
    };
    for document in &documents {
        open(sources, document, options, &mut state, pass)?;
    }
    Ok(state.finish())
}

/// One XML text: a file, or an entry of an archive.
struct Document {
    source: usize,
    entry: Option<String>,
}

fn documents(sources: &mut [Source<'_>], state: &mut State<'_>) -> Result<Vec<Document>, ReadError> {
    let mut found = Vec::new();
    for (at, source) in sources.iter_mut().enumerate() {
        if source.size == 0 {
            return state.refuse("saft.empty", &source.name, "the file has no content");
        }
        if !archive::is_zip(&mut *source.reader)? {
            found.push(Document {
                source: at,
                entry: None,
            });
            continue;
        }
        let names = match archive::entries(&mut *source.reader, &state.options.limits) {
            Ok(names) => names,
            Err(error) => return refuse_open(&error, &source.name, state),
        };
        let mut names: Vec<String> = names
            .into_iter()
            .filter(|name| name.to_ascii_lowercase().ends_with(".xml"))
            .collect();
        names.sort();
        if names.is_empty() {
            return state.refuse("saft.archive", &source.name, "the archive holds no XML file");
        }
        found.extend(names.into_iter().map(|name| Document {
            source: at,
            entry: Some(name),
        }));
    }
    Ok(found)
}

fn refuse_open<T>(error: &OpenError, name: &str, state: &mut State<'_>) -> Result<T, ReadError> {
    let code = if matches!(error, OpenError::TooLarge(_)) {
        "saft.too_large"
    } else {
        "saft.archive"
    };
    state.refuse(code, name, &error.to_string())
}

fn open(
    sources: &mut [Source<'_>],
    document: &Document,
    options: &Options,
    state: &mut State<'_>,
    pass: Pass,
) -> Result<(), ReadError> {
    let source = &mut sources[document.source];
    state.begin_document(&source.name, document.entry.as_deref(), source.position);
    match &document.entry {
        None => {
            source.reader.rewind()?;
            document::read(&mut source.reader as &mut dyn Read, pass, state)
        }
        Some(entry) => {
            let name = source.name.clone();
            let opened = archive::with_entry(&mut *source.reader, entry, &options.limits, |reader| {
                document::read(reader, pass, &mut *state)
            });
            match opened {
                Ok(result) => result,
                Err(error) => refuse_open(&error, &name, state),
            }
        }
    }
}

/// A finding in the file as a whole or at a journal line.
fn finding(code: &'static str, severity: Severity, place: Place, detail: String) -> Finding {
    Finding {
        code: code.into(),
        severity,
        place,
        detail,
    }
}
