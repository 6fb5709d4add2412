//! Hands the bytes of libFuzzer to the target of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| greenheart_fuzz::reduced(bytes));
