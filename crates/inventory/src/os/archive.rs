//! Package files that lie in an image and were not installed from there: they are listed as
//! declared, with what their own headers say.

use super::dpkg::{DISTROLESS, read_stanzas};
use super::inflate::inflated;
use super::rpm::package_in_file;
use lazaret_core::extract::{Extractor, Fact, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::limits::Limits;
use lazaret_core::package::{PackageFact, Presence};
use std::io::Read;

/// Package files of Debian.
pub(crate) static DEB: Extractor = Extractor {
    id: "dpkg/deb",
    version: 1,
    title: "Debian package files",
    spec: "https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html",
    selects: &[Select::Suffix(".deb")],
    gives: Gives { licenses: false, source: true, ownership: false, dev: false, lines: false },
    run: read_deb,
};

/// Package files of rpm.
pub(crate) static RPM: Extractor = Extractor {
    id: "rpm/file",
    version: 1,
    title: "RPM package files",
    spec: "https://rpm-software-management.github.io/rpm/manual/format_v4.html",
    selects: &[Select::Suffix(".rpm")],
    gives: Gives { licenses: true, source: true, ownership: false, dev: false, lines: false },
    run: read_rpm,
};

/// Members of an archive that are looked at before the control archive, which is the second.
const MEMBERS_MAX: usize = 8;

/// Largest control archive, uncompressed, in bytes. Package scripts stay below 1 MB.
const CONTROL_BYTES_MAX: u64 = 16 << 20;

fn read_rpm(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    // A source package holds nothing that could run.
    if let Some(package) = package_in_file(input.bytes)? {
        sink.package(PackageFact { presence: Presence::Declared, ..package });
    }
    Ok(())
}

fn read_deb(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let not_deb = || ParseError::new("the file is no package of Debian");
    let mut rest = input.bytes.strip_prefix(b"!<arch>\n").ok_or_else(not_deb)?;
    for _ in 0..MEMBERS_MAX {
        let (name, content, next) = member(rest).ok_or_else(not_deb)?;
        if name.starts_with(b"control.tar") {
            let control = control_file(content)?;
            return read_control(input, &control, sink);
        }
        rest = next;
    }
    Err(ParseError::new("the package has no control archive"))
}

/// The name and the content of an `ar` member, and what follows it.
fn member(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<60>()?;
    let name = header.get(..16)?.trim_ascii_end();
    let size = std::str::from_utf8(header.get(48..58)?).ok()?.trim();
    let size: usize = size.parse().ok()?;
    let (content, rest) = rest.split_at_checked(size)?;
    // Members begin at even places.
    let rest = if size % 2 == 1 { rest.get(1..).unwrap_or_default() } else { rest };
    Some((name, content, rest))
}

/// The file `control` of a control archive, which may be compressed.
fn control_file(archive: &[u8]) -> Result<Vec<u8>, ParseError> {
    let damaged = |_| ParseError::new("the control archive is damaged");
    let mut archive = tar::Archive::new(inflated(archive)?.take(CONTROL_BYTES_MAX));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path_bytes();
        if path.strip_prefix(b"./").unwrap_or(&path) == b"control" {
            let mut control = Vec::new();
            entry.read_to_end(&mut control).map_err(damaged)?;
            return Ok(control);
        }
    }
    Err(ParseError::new("the control archive has no `control`"))
}

/// Reads a control file as a stanza of the package database. Its lines are not the package's.
fn read_control(
    input: &FileInput<'_>,
    control: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), ParseError> {
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    let (limits, nothing) = (Limits::default(), |_: &str| false);
    let mut inner = Sink::new(input.path, DEB.id, &limits, &nothing, &mut facts, &mut problems);
    read_stanzas(&FileInput { path: input.path, bytes: control }, &mut inner, &DISTROLESS)?;
    drop(inner);
    for problem in problems {
        sink.problem(&ParseError::new(problem.message));
    }
    for fact in facts {
        if let Fact::Package(package) = fact.fact {
            sink.package(PackageFact { presence: Presence::Declared, lines: None, ..package });
        }
    }
    Ok(())
}
