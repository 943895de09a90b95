#![no_main]

use std::sync::OnceLock;

/// The extractor that `cargo xtask fuzz --each` asks for; the input is its file then.
static EXTRACTOR: OnceLock<Option<String>> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match EXTRACTOR.get_or_init(|| std::env::var("FUZZ_EXTRACTOR").ok()) {
        Some(id) => lazaret_fuzz::run_extractor(id, bytes),
        None => lazaret_fuzz::run("extractors", bytes),
    }
});
