//! Hands the bytes of libFuzzer to every importer of factors: the first byte picks one, the others are the file.
#![no_main]

use greenheart_factors::{Kind, Options, Source, import, sniff};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (Some((&pick, bytes)), Ok(entered)) = (bytes.split_first(), "2026-01-02".parse()) else {
        return;
    };
    let kind = Kind::ALL[usize::from(pick) % Kind::ALL.len()];
    let sources = [Source {
        file: "fuzz-2024.csv",
        bytes,
    }];
    let _ = sniff(&sources);
    let _ = import(Some(kind), &sources, &Options::norwegian(entered));
});
