//! Programs of GraalVM's native image: the bill of materials that was built in.
//!
//! The symbol `sbom` is where a CycloneDX document in JSON begins, compressed by gzip, and
//! `sbom_length` where its length is written, in eight bytes, the lowest first.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, items, string};
use crate::lang::program::Program;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::io::Read as _;

/// Libraries a native image was built from.
pub(crate) static NATIVE_IMAGE: Extractor = Extractor {
    id: "java/native-image",
    version: 1,
    title: "GraalVM native images",
    spec: "https://www.graalvm.org/latest/security-guide/native-image/sbom/",
    selects: &[Select::Program],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Largest document after decompression, in bytes: a thousand libraries take less than one MB.
const DOCUMENT_BYTES_MAX: u64 = 16 << 20;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    // What is damaged in the headers of a program is for those to say who know that it is theirs.
    let Ok(program) = Program::parse(input.bytes) else { return Ok(()) };
    let [Some(start), Some(length)] = program.symbols(["sbom", "sbom_length"]) else {
        return Ok(());
    };
    let damaged = || ParseError::new("the bill of materials in the program is damaged");
    let length = program.at(length, 8).and_then(|bytes| bytes.try_into().ok());
    let length = u64::from_le_bytes(length.ok_or_else(damaged)?);
    let stored = program.at(start, length).ok_or_else(damaged)?;
    let mut document = Vec::new();
    let decoder = flate2::read::GzDecoder::new(stored);
    let limit = DOCUMENT_BYTES_MAX.saturating_add(1);
    decoder.take(limit).read_to_end(&mut document).map_err(|_| damaged())?;
    let json = Json::new(&document)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, components| {
        if key == "components" {
            items(components, |component| {
                let (mut group, mut artifact, mut version) = (None, None, None);
                entries(component, |key, value| match key {
                    "group" => group = string(value),
                    "name" => artifact = string(value),
                    "version" => version = string(value),
                    _ => {}
                });
                let Some((artifact, version)) = artifact.zip(version) else { return };
                // What is built in by another name, such as the runtime of the image itself, has
                // no group.
                let name = super::name(&group.unwrap_or_default(), &artifact);
                if let Some(name) = name.filter(|_| super::is_version(&version)) {
                    let presence = Presence::Installed;
                    packages.add(declared(Ecosystem::Maven, &name, &version, presence, None));
                }
            });
        }
    })?;
    packages.finish()
}
