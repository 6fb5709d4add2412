//! What each fuzz target does with some bytes: any bytes may come, nothing may panic or grow without bounds.
//!
//! The targets in `fuzz_targets` hand these functions to libFuzzer. A test of the readers runs the same functions
//! over a corpus and seeded mutations of it, so that every run of the tests covers them.

use std::collections::BTreeMap;
use std::io::Cursor;

use greenheart_ingest::{Collected, Limits, Source, ehf, meters, reduced, saft, shipments, tables, waste};

/// One target by its name.
pub type Body = fn(&[u8]);

/// Every target.
pub const TARGETS: &[(&str, Body)] = &[
    ("csv_table", csv_table),
    ("xlsx_table", xlsx_table),
    ("saft", saft),
    ("reduced", reduced),
    ("ehf", ehf),
    ("meters", meters),
    ("waste", waste),
    ("shipments", shipments),
];

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

/// Bytes as reduced accounts.
pub fn reduced(bytes: &[u8]) {
    let options = reduced::Options {
        limits: limits(),
        expected_org: None,
    };
    let _ = reduced::peek(&mut source("fuzz.csv", bytes), &options.limits);
    let _ = reduced::read(&mut source("fuzz.csv", bytes), &options, &mut Collected::default());
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

/// Bytes as an invoice, alone and twice, and with CO2 written into it.
pub fn ehf(bytes: &[u8]) {
    let options = ehf::Options {
        limits: limits(),
        ..ehf::Options::default()
    };
    let _ = ehf::looks_like(bytes);
    let _ = ehf::peek(&mut source("fuzz.xml", bytes), &options.limits);
    let mut twice = [source("a.xml", bytes), source("b.xml", bytes)];
    let _ = ehf::read(&mut twice, &options, &mut Collected::default());
    if let Ok(text) = std::str::from_utf8(bytes) {
        let line = ehf::LineCo2 {
            factor: greenheart_units::Amount::ONE,
            source: ehf::FactorSource::Internal,
            calculation_rate: None,
            calculation_unit: None,
            link: None,
        };
        let _ = ehf::write_co2(text, &BTreeMap::from([("1".to_owned(), line)]));
    }
}

/// Bytes as an export of a meter, as two files of one set.
pub fn meters(bytes: &[u8]) {
    let options = meters::Options {
        limits: limits(),
        ..meters::Options::default()
    };
    let _ = meters::looks_like(bytes);
    let mut twice = [source("707057500000000012.csv", bytes), source("b.csv", bytes)];
    let _ = meters::read(&mut twice, &options, &mut Collected::default());
}

/// Bytes as a waste report.
pub fn waste(bytes: &[u8]) {
    let options = waste::Options {
        limits: limits(),
        ..waste::Options::default()
    };
    let _ = waste::looks_like(&mut source("fuzz.csv", bytes), &options.limits);
    let _ = waste::read(&mut [source("fuzz.csv", bytes)], &options, &mut Collected::default());
}

/// Bytes as a freight list.
pub fn shipments(bytes: &[u8]) {
    let options = shipments::Options {
        limits: limits(),
        ..shipments::Options::default()
    };
    let _ = shipments::looks_like(&mut source("fuzz.csv", bytes), &options.limits);
    let _ = shipments::read(&mut [source("fuzz.csv", bytes)], &options, &mut Collected::default());
}
