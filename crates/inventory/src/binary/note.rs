//! `.note.package`: what a distribution's build writes into each program about the package it is
//! of. Where the package database is missing, it is all there is to know.

use crate::lang::json::{Json, string};
use crate::lang::program::Program;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact, SourcePackage};

/// Notes about packages.
pub(crate) static NOTE: Extractor = Extractor {
    id: "binary/note",
    version: 1,
    title: "Package notes of programs",
    spec: "https://systemd.io/PACKAGE_METADATA_FOR_EXECUTABLE_FILES/",
    selects: &[Select::Program],
    gives: Gives { licenses: false, source: true, ownership: false, dev: false, lines: false },
    run,
};

/// The owner and the type of a note about a package.
const OWNER: &[u8] = b"FDO\0";
const TYPE: u32 = 0xcafe_1a7e;

/// Notes in one section; there is one of each kind.
const NOTES_MAX: usize = 64;

/// Longest note, in bytes: real ones have some 150.
const NOTE_BYTES_MAX: usize = 64 << 10;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    // Other programs have no notes, and damaged headers are told by who needs more of them.
    if !input.bytes.starts_with(b"\x7fELF") {
        return Ok(());
    }
    let Ok(program) = Program::parse(input.bytes) else { return Ok(()) };
    let Some(section) = program.section(".note.package") else { return Ok(()) };
    let broken = |what: &str| ParseError::new(format!("the package note {what}"));
    let note = find(section, program.is_big_endian()).ok_or_else(|| broken("is cut"))?;
    let end = note.iter().position(|byte| *byte == 0).unwrap_or(note.len());
    let text = note.get(..end).unwrap_or_default();
    let text = std::str::from_utf8(text).map_err(|_| broken("is not UTF-8"))?;
    if text.len() > NOTE_BYTES_MAX {
        return Err(broken(&format!("has more than {NOTE_BYTES_MAX} bytes")));
    }
    let (mut kind, mut name, mut version, mut arch) = (None, None, None, None);
    Json::of_text(text).entries(|key, value| match key {
        "type" => kind = string(value),
        "name" => name = string(value),
        "version" => version = string(value),
        "architecture" => arch = string(value),
        _ => {}
    })?;
    let is_word = |text: &&String| !text.is_empty() && !text.contains(char::is_whitespace);
    let (Some(name), Some(version)) =
        (name.as_ref().filter(is_word), version.as_ref().filter(is_word))
    else {
        return Err(broken("has no name or no version"));
    };
    let ecosystem = ecosystem(kind.as_deref());
    let mut package = PackageFact::installed(ecosystem, name, version);
    package.arch = arch.filter(|arch| !arch.is_empty());
    // The name is that of the source, of which a distribution makes several packages.
    if ecosystem.is_os() {
        package.source = Some(SourcePackage { name: name.clone(), version: version.clone() });
    }
    sink.package(package);
    Ok(())
}

/// What is in the note about a package, of the notes of a section.
fn find(mut notes: &[u8], is_big: bool) -> Option<&[u8]> {
    for _ in 0..NOTES_MAX {
        let (header, rest) = notes.split_at_checked(12)?;
        let mut words = header.chunks_exact(4).filter_map(|word| {
            let word = <[u8; 4]>::try_from(word).ok()?;
            Some(if is_big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
        });
        let (owner_len, len, kind) = (words.next()?, words.next()?, words.next()?);
        let (owner_len, len) = (usize::try_from(owner_len).ok()?, usize::try_from(len).ok()?);
        let owner = rest.get(..owner_len)?;
        let rest = rest.get(owner_len.checked_next_multiple_of(4)?..)?;
        let content = rest.get(..len)?;
        if kind == TYPE && owner == OWNER {
            return Some(content);
        }
        notes = rest.get(len.checked_next_multiple_of(4)?..)?;
    }
    None
}

/// The kind of package; programs of kinds that nobody else has are programs.
fn ecosystem(kind: Option<&str>) -> Ecosystem {
    match kind {
        Some("rpm") => Ecosystem::Rpm,
        Some("deb") => Ecosystem::Deb,
        Some("apk") => Ecosystem::Apk,
        Some("alpm" | "arch" | "pacman") => Ecosystem::Alpm,
        Some("ebuild" | "portage") => Ecosystem::Ebuild,
        Some("opkg" | "ipk") => Ecosystem::Opkg,
        _ => Ecosystem::Generic,
    }
}
