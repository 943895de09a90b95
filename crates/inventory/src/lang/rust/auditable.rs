//! Rust programs built with `cargo auditable`: the section `.dep-v0` holds the crates they were
//! built from, as compressed JSON.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, items, string};
use crate::lang::program::Program;
use flate2::read::ZlibDecoder;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::io::Read as _;

/// Crates that are part of a Rust program, itself included.
pub(crate) static AUDITABLE: Extractor = Extractor {
    id: "rust/auditable",
    version: 1,
    title: "Rust programs built with cargo auditable",
    spec: "https://github.com/rust-secure-code/cargo-auditable/blob/master/cargo-auditable.schema.json",
    selects: &[Select::Program],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Largest list of crates once decompressed, in bytes; that of a program of 1,000 crates has
/// 100 KB.
const LIST_BYTES_MAX: u64 = 8 << 20;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let program = Program::parse(input.bytes)?;
    let Some(section) = program.section(".dep-v0") else { return Ok(()) };
    let broken = |what: &str| ParseError::new(format!("the list of crates {what}"));
    let mut list = String::new();
    let read = ZlibDecoder::new(section)
        .take(LIST_BYTES_MAX.saturating_add(1))
        .read_to_string(&mut list)
        .map_err(|error| broken(&format!("cannot be decompressed: {error}")))?;
    if u64::try_from(read).is_ok_and(|read| read > LIST_BYTES_MAX) {
        return Err(broken(&format!("has more than {LIST_BYTES_MAX} bytes")));
    }
    let mut packages = Packages::new(sink);
    Json::of_text(&list).entries(|key, value| {
        if key != "packages" {
            return;
        }
        items(value, |package| {
            let (mut name, mut version, mut is_build) = (None, None, false);
            entries(package, |key, value| match key {
                "name" => name = string(value),
                "version" => version = string(value),
                // What ran while the program was built is not in it.
                "kind" => is_build = value.get() == "\"build\"",
                _ => {}
            });
            if let (Some(name), Some(version), false) = (name, version, is_build) {
                let presence = Presence::Installed;
                packages.add(declared(Ecosystem::Cargo, &name, &version, presence, None));
            }
        });
    })?;
    packages.finish()
}
