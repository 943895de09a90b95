#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lazaret_fuzz::run("secrets", bytes));
