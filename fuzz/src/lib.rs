//! What each fuzz target does with some bytes: any bytes may come, nothing may panic or grow without bounds.
//!
//! The targets in `fuzz_targets` hand these functions to libFuzzer. A test of the readers runs the same functions
//! over a corpus and seeded mutations of it, so that every run of the tests covers them.

use std::io::Cursor;

use greenheart_ingest::{Collected, Limits, Source, saft, tables};

/// One target by its name.
pub type Body = fn(&[u8]);

/// Every target.
pub const TARGETS: &[(&str, Body)] = &[("csv_table", csv_table), ("xlsx_table", xlsx_table), ("saft", saft)];

/// Limits small enough that a fuzzer finds what happens beyond them.
fn limits() -> Limits {
    Limits {
        unpacked_bytes: 16 << 20,
        ratio_floor_bytes: 1 << 20,
        text_bytes: 64 << 10,
        columns: 200,
        rows: 10_000,
        transaction_lines: 50,
        master_records: 500,
        ..Limits::default()
    }
}

fn source<'a>(name: &str, bytes: &'a [u8]) -> Source<'a> {
    Source {
        name: name.to_owned(),
        position: 0,
        size: bytes.len() as u64,
        reader: Box::new(Cursor::new(bytes)),
    }
}

fn table(name: &str, bytes: &[u8]) {
    let options = tables::Options {
        limits: limits(),
        ..tables::Options::default()
    };
    let _ = tables::sniff(&mut source(name, bytes), &options.limits);
    let _ = tables::read(
        source(name, bytes),
        &tables::Mapping::default(),
        &options,
        &mut Collected::default(),
    );
}

/// Bytes as a text table.
pub fn csv_table(bytes: &[u8]) {
    table("fuzz.csv", bytes);
}

/// Bytes as a workbook.
pub fn xlsx_table(bytes: &[u8]) {
    table("fuzz.xlsx", bytes);
}

/// Bytes as an accounting file, alone and as two parts of one export.
pub fn saft(bytes: &[u8]) {
    let options = saft::Options {
        limits: limits(),
        expected_org: None,
    };
    let _ = saft::looks_like(bytes);
    let _ = saft::peek(&mut source("fuzz.xml", bytes), &options.limits);
    let _ = saft::read(&mut [source("fuzz.xml", bytes)], &options, &mut Collected::default());
    let mut parts = [source("a.xml", bytes), source("b.xml", bytes)];
    let _ = saft::read(&mut parts, &options, &mut Collected::default());
}
