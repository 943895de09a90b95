//! `manifest.wall`: what Chisel put into an image of slices of Ubuntu's packages, which has no
//! package database.
//!
//! A list of JSON objects, one a line, compressed with zstd; the first line is a header.

use super::inflate::inflate;
use crate::broken::Broken;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Packages of images made by Chisel.
pub(crate) static MANIFEST: Extractor = Extractor {
    id: "chisel/manifest",
    version: 1,
    title: "Chisel manifests",
    spec: "https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/",
    selects: &[Select::Name("manifest.wall")],
    gives: Gives { licenses: false, source: false, ownership: true, dev: false, lines: true },
    run,
};

/// Largest manifest, uncompressed, in bytes. A line has some 200 bytes, and an image of slices
/// hundreds or thousands of files.
const BYTES_MAX: u64 = 64 << 20;

/// Slices a file is of. A folder may be of each slice of an image.
const SLICES_MAX: usize = 1_000;

/// One line. Which fields it has depends on its kind.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    jsonwall: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arch: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    slices: Vec<Cow<'a, str>>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let wall = inflate(input.bytes, BYTES_MAX)?;
    let mut broken = Broken::default();
    let mut owned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut is_first = true;
    for line in Lines::new(&wall).filter(|line| !line.text.is_empty()) {
        let record: Option<Record<'_>> = serde_json::from_slice(line.text).ok();
        if is_first {
            is_first = false;
            if record.and_then(|record| record.jsonwall).is_none_or(|version| version != "1.0") {
                return Err(ParseError::at(line.number, "the file is no manifest of Chisel"));
            }
            continue;
        }
        let Some(record) = record else {
            broken.report(sink, line.number, "a line is not an entry of a manifest");
            continue;
        };
        match &*record.kind {
            "package" => {
                let Some((name, version)) = record.name.zip(record.version) else {
                    broken.report(sink, line.number, "a package has no name or no version");
                    continue;
                };
                let mut package = PackageFact::installed(Ecosystem::Deb, name, version);
                package.arch = record.arch.map(Cow::into_owned);
                package.lines = Some(LineRange { start: line.number, end: line.number });
                sink.package(package);
            }
            "path" => {
                let path = record.path.unwrap_or_default();
                for slice in record.slices.iter().take(SLICES_MAX) {
                    // `PACKAGE_SLICE`; names of packages hold no underscores.
                    let Some((package, _)) = slice.split_once('_') else { continue };
                    if path.ends_with('/') {
                        continue;
                    }
                    owned.entry(package.to_owned()).or_default().push(path.to_string());
                }
            }
            // Slices, and which slice brought what.
            _ => {}
        }
    }
    for (package, paths) in &owned {
        sink.owns(package, paths.iter().map(String::as_bytes));
    }
    broken.finish()
}
