//! Hands the bytes of libFuzzer to the target of this name.
#![no_main]

#[path = "../src/routing.rs"]
mod routing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| routing::routing_files(bytes));
