//! `release` in the folder of a Java virtual machine: its version and who built it.

use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact};

/// Java virtual machines.
pub(crate) static JVM: Extractor = Extractor {
    id: "java/jvm",
    version: 1,
    title: "Java virtual machines",
    spec: "https://openjdk.org/jeps/223",
    selects: &[Select::Name("release")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Longest file, in bytes: those of a JDK have some 1,500, most of it the names of its modules.
/// Many other files are called `release`.
const FILE_BYTES_MAX: usize = 64 << 10;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.len() > FILE_BYTES_MAX {
        return Ok(());
    }
    let mut version: Option<(String, u32)> = None;
    let mut maker = None;
    let mut is_commercial = false;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else { continue };
        let Some((key, value)) = text.split_once('=') else { continue };
        let value = value.trim().trim_matches('"').trim();
        match key.trim() {
            "JAVA_VERSION" => version = Some((value.to_owned(), line.number)),
            "IMPLEMENTOR" if !value.is_empty() => maker = Some(value.to_owned()),
            "BUILD_TYPE" => is_commercial = value == "commercial",
            _ => {}
        }
    }
    let Some((version, line)) = version else { return Ok(()) };
    let is_number = version.starts_with(|c: char| c.is_ascii_digit());
    if !is_number || !super::is_version(&version) {
        return Err(ParseError::at(line, "JAVA_VERSION is no version"));
    }
    // Oracle sells builds of its own; all others are of the same sources.
    let name = if is_commercial { "jdk" } else { "openjdk" };
    let mut package = PackageFact::installed(Ecosystem::Generic, name, version);
    package.vendor = maker;
    package.lines = Some(LineRange { start: line, end: line });
    sink.package(package);
    Ok(())
}
