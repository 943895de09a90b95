//! The package database of OpenWrt and other embedded systems: the same stanzas as dpkg's.

use super::dpkg::{Dialect, read_paths, read_stanzas};
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

const SPEC: &str = "https://git.yoctoproject.org/opkg/tree/libopkg/pkg.c";

/// Packages opkg has installed. OpenWrt has them below `usr/lib`, Yocto below `var/lib`.
pub(crate) static STATUS: Extractor = Extractor {
    id: "opkg/status",
    version: 1,
    title: "opkg package database",
    spec: SPEC,
    selects: &[
        Select::Path("opt/lib/opkg/status"),
        Select::Path("usr/lib/opkg/status"),
        Select::Path("var/lib/opkg/status"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run: |input, sink| read_stanzas(input, sink, &OPKG),
};

/// What a package says of itself beside the database: its license.
pub(crate) static CONTROL: Extractor = Extractor {
    id: "opkg/control",
    version: 1,
    title: "Control files of opkg packages",
    spec: SPEC,
    selects: &[
        Select::Below("opt/lib/opkg/info", ".control"),
        Select::Below("usr/lib/opkg/info", ".control"),
        Select::Below("var/lib/opkg/info", ".control"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: read_control,
};

/// Which files belong to which package.
pub(crate) static LIST: Extractor = Extractor {
    id: "opkg/list",
    version: 1,
    title: "File lists of opkg packages",
    spec: SPEC,
    selects: &[
        Select::Below("opt/lib/opkg/info", ".list"),
        Select::Below("usr/lib/opkg/info", ".list"),
        Select::Below("var/lib/opkg/info", ".list"),
    ],
    gives: Gives { licenses: false, source: false, ownership: true, dev: false, lines: false },
    run: read_list,
};

static OPKG: Dialect = Dialect {
    ecosystem: Ecosystem::Opkg,
    unsaid_is_installed: false,
    is_installed,
    has_source: false,
};

/// Whether a `Status` value means that the package's files are here and set up. Its second word is
/// a list of flags with commas: `ok`, or that a person asked for it.
fn is_installed(status: &[u8]) -> bool {
    let mut words = status.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let state = words.nth(2);
    matches!(state, Some(b"installed")) && words.next().is_none()
}

fn read_control(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (mut package, mut licenses) = (None, Vec::new());
    for line in Lines::new(input.bytes) {
        let Some((name, value)) = field(line.text) else { continue };
        if name.eq_ignore_ascii_case(b"Package") {
            package = Some(text(value)).filter(|value| !value.is_empty());
        } else if name.eq_ignore_ascii_case(b"License") && !value.is_empty() {
            licenses = vec![text(value)];
        }
    }
    match package {
        Some(package) => sink.licenses(&package, licenses),
        None if input.bytes.trim_ascii().is_empty() => {}
        None => return Err(ParseError::new("no `Package` field")),
    }
    Ok(())
}

fn read_list(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let package = input.path.name().strip_suffix(".list").unwrap_or_default();
    read_paths(input, sink, package, path_of)
}

/// A line is an absolute path; a tab and the mode may follow, and the target of a link.
fn path_of(line: &[u8]) -> Option<&[u8]> {
    let path = line.split(|byte| *byte == b'\t').next()?;
    path.starts_with(b"/").then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_a_status_do_not_matter() {
        for (status, installed) in [
            ("install user installed", true),
            ("install ok installed", true),
            ("install prefer,user installed", true),
            ("hold hold installed", true),
            ("deinstall ok not-installed", false),
            ("install ok unpacked", false),
            ("installed", false),
            ("", false),
        ] {
            assert_eq!(is_installed(status.as_bytes()), installed, "{status}");
        }
    }
}
