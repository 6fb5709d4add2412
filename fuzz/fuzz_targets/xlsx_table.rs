//! Any bytes as a table: never a panic, always within bounds.
#![no_main]

use std::io::Cursor;

use greenheart_ingest::tables::{Mapping, Options, read, sniff};
use greenheart_ingest::{Collected, Limits, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = || Source {
        name: "fuzz.xlsx".to_owned(),
        position: 0,
        size: bytes.len() as u64,
        reader: Box::new(Cursor::new(bytes)),
    };
    let _ = sniff(&mut source(), &Limits::default());
    let _ = read(source(), &Mapping::default(), &Options::default(), &mut Collected::default());
});
