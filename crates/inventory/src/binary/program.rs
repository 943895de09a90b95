//! Programs, by their names and what they say of themselves.

use super::classifier::{classify, without_version};
use super::programs::PROGRAMS;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};

/// Programs of the table.
pub(crate) static PROGRAM: Extractor = Extractor {
    id: "binary/program",
    version: 2,
    title: "Programs that say their version",
    spec: "https://github.com/anchore/syft/blob/main/syft/pkg/cataloger/binary/classifiers.go",
    selects: &[Select::Program],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let name = input.path.name();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    for package in classify(PROGRAMS, &[name, without_version(name)], name, input.bytes)? {
        sink.package(package);
    }
    Ok(())
}
