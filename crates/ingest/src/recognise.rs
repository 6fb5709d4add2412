//! Which reader a file is for, seen from its contents and never from its name.

use std::io::Read;

use crate::{Limits, Source, archive, ehf, meters, reduced, saft, shipments, tables, waste};

/// A format that a reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// SAF-T Financial.
    Saft,
    /// Accounts reduced on the company's own machine.
    Reduced,
    /// EHF and Peppol documents.
    Ehf,
    /// Exports of meters.
    Meters,
    /// Waste reports.
    Waste,
    /// Freight lists.
    Shipments,
    /// A register of articles: no activities, but what articles weigh and are for.
    Articles,
    /// Any other table: it has headers of ours, or needs a mapping.
    Table,
}

impl Format {
    /// Name and version of its reader, as a batch records them.
    pub const fn importer(self) -> (&'static str, u32) {
        match self {
            Self::Saft => (saft::IMPORTER, saft::VERSION),
            Self::Reduced => (reduced::IMPORTER, reduced::VERSION),
            Self::Ehf => (ehf::IMPORTER, ehf::VERSION),
            Self::Meters => (meters::IMPORTER, meters::VERSION),
            Self::Waste => (waste::IMPORTER, waste::VERSION),
            Self::Shipments => (shipments::IMPORTER, shipments::VERSION),
            Self::Articles => ("articles", 1),
            Self::Table => (tables::IMPORTER, tables::VERSION),
        }
    }

    /// Whether many files of it are one set: parts of an export, a folder of invoices, a year of meter files.
    pub const fn is_set(self) -> bool {
        matches!(self, Self::Saft | Self::Ehf | Self::Meters)
    }
}

/// Bytes looked at.
const HEAD: usize = 8 << 10;

/// The format of a file; `None` when no reader takes it (XML of another kind, a picture, an empty file). The reader
/// of the file is left at its start.
///
/// # Errors
/// When the medium fails.
pub fn recognise(source: &mut Source<'_>, limits: &Limits) -> std::io::Result<Option<Format>> {
    let found = if archive::is_zip(&mut *source.reader)? {
        in_archive(source, limits)
    } else {
        let mut head = Vec::new();
        source.reader.rewind()?;
        (&mut source.reader).take(HEAD as u64).read_to_end(&mut head)?;
        match by_head(&head) {
            Head::Shows(format) => Some(format),
            Head::Table => Some(table(source, limits)),
            Head::Nothing => None,
        }
    };
    source.reader.rewind()?;
    Ok(found)
}

/// What the first bytes show.
enum Head {
    /// A format of its own.
    Shows(Format),
    /// Text, or a binary workbook, that may be any table.
    Table,
    /// Nothing that is read.
    Nothing,
}

fn by_head(head: &[u8]) -> Head {
    if head.is_empty() {
        return Head::Nothing;
    }
    if saft::looks_like(head) {
        return Head::Shows(Format::Saft);
    }
    if reduced::looks_like(head) {
        return Head::Shows(Format::Reduced);
    }
    if ehf::looks_like(head) {
        return Head::Shows(Format::Ehf);
    }
    let plain: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).take(64).collect();
    let begins = plain.trim_ascii_start();
    let begins = [&[0xef, 0xbb, 0xbf][..], &[0xff, 0xfe], &[0xfe, 0xff]]
        .iter()
        .find_map(|mark| begins.strip_prefix(*mark))
        .unwrap_or(begins);
    if begins.starts_with(b"<") || begins.starts_with(b"%PDF") {
        Head::Nothing
    } else if meters::looks_like(head) {
        Head::Shows(Format::Meters)
    } else {
        Head::Table
    }
}

/// An archive is a workbook, or holds files of one format; the first that is known decides.
fn in_archive(source: &mut Source<'_>, limits: &Limits) -> Option<Format> {
    let names = archive::entries(
        &mut *source.reader,
        &Limits {
            archive_entries: limits.documents,
            ..limits.clone()
        },
    );
    let names = names.ok()?;
    if names.iter().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml")) {
        return Some(table(source, limits));
    }
    let known = |name: &&String| {
        let lower = name.to_ascii_lowercase();
        [".xml", ".csv", ".txt", ".tsv"].iter().any(|end| lower.ends_with(end))
    };
    // A few are enough: an archive of many documents holds documents of one kind.
    names.iter().filter(known).take(5).find_map(|name| {
        let read = archive::with_entry(&mut *source.reader, name, limits, |reader| {
            let mut head = Vec::new();
            reader.take(HEAD as u64).read_to_end(&mut head).ok()?;
            match by_head(&head) {
                // Reduced accounts are small, and travel as they are.
                Head::Shows(Format::Reduced) | Head::Table | Head::Nothing => None,
                Head::Shows(format) => Some(format),
            }
        });
        read.ok().flatten()
    })
}

/// How the table of a register of articles begins.
const ARTICLES: [&str; 6] = ["seller", "article", "unit", "from", "name", "item"];

/// Which table it is, by its headers.
fn table(source: &mut Source<'_>, limits: &Limits) -> Format {
    let rows = tables::first_rows(source, limits);
    // A general table says itself what kind each row is, or has a mapping; those with a shape of their own are read by it.
    if rows
        .first()
        .is_some_and(|row| row.starts_with(&ARTICLES.map(str::to_owned)))
    {
        Format::Articles
    } else if rows.iter().any(|row| waste::is_header(row)) {
        Format::Waste
    } else if rows.iter().any(|row| shipments::is_header(row)) {
        Format::Shipments
    } else if rows.iter().any(|row| meters::is_header(row)) {
        Format::Meters
    } else {
        Format::Table
    }
}
