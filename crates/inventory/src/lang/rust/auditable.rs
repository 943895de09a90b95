//! Rust programs built with `cargo auditable`: the section `.dep-v0` holds the crates they were
//! built from, as compressed JSON.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, items, string};
use crate::lang::program::Program;
use flate2::read::ZlibDecoder;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::io::Read as _;

/// Crates that are part of a Rust program, itself included.
pub(crate) static AUDITABLE: Extractor = Extractor {
    id: "rust/auditable",
    version: 2,
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
    let mut crates: Vec<Crate> = Vec::new();
    Json::of_text(&list).entries(|key, value| {
        if key == "packages" {
            items(value, |package| crates.push(Crate::read(package)));
        }
    })?;
    let root: HashSet<usize> =
        crates.iter().filter(|one| one.is_root).flat_map(|one| one.dependencies.clone()).collect();
    let mut packages = Packages::new(sink);
    for (index, one) in crates.iter().enumerate().filter(|(_, one)| !one.is_build) {
        let (Some(name), Some(version)) = (&one.name, &one.version) else { continue };
        let mut package = declared(Ecosystem::Cargo, name, version, Presence::Installed, None);
        package.direct = (!one.is_root && !root.is_empty()).then(|| root.contains(&index));
        package.needs = needs(one.dependencies.iter().filter_map(|index| {
            let other = crates.get(*index).filter(|other| !other.is_build)?;
            Some(need(other.name.as_deref()?, other.version.as_deref()))
        }));
        packages.add(package);
    }
    packages.finish()
}

/// One crate of the list.
#[derive(Default)]
struct Crate {
    name: Option<String>,
    version: Option<String>,
    /// Whether it ran while the program was built, and is not in it.
    is_build: bool,
    /// Whether it is the program itself.
    is_root: bool,
    /// Places in the list.
    dependencies: Vec<usize>,
}

impl Crate {
    fn read(package: &RawValue) -> Self {
        let mut read = Self::default();
        entries(package, |key, value| match key {
            "name" => read.name = string(value),
            "version" => read.version = string(value),
            "kind" => read.is_build = value.get() == "\"build\"",
            "root" => read.is_root = value.get() == "true",
            "dependencies" => {
                items(value, |item| read.dependencies.extend(item.get().parse::<usize>()));
            }
            _ => {}
        });
        read
    }
}
