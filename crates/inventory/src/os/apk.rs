//! The package database of Alpine Linux and its relatives.

use crate::broken::Broken;
use crate::lines::{Lines, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact, SourcePackage};

/// Packages installed by apk. Version 3 of apk writes the same text, below `usr/lib` on systems
/// where `/lib` is a link.
pub(crate) static INSTALLED: Extractor = Extractor {
    id: "apk/installed",
    version: 1,
    title: "Alpine package database",
    spec: "https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2",
    selects: &[
        Select::Path("lib/apk/db/installed"),
        Select::Path("usr/lib/apk/db/installed"),
        Select::Path("var/lib/apk/db/installed"),
    ],
    gives: Gives { licenses: true, source: true, ownership: true, dev: false, lines: true },
    run,
};

/// Paths longer than the operating system allows are not built.
const PATH_BYTES_MAX: usize = 4_096;

/// How many times larger than the database its owned paths may grow together: a folder is written
/// once for all of its files. Real databases stay below 2, because every file has a checksum line.
const PATHS_GROWTH_MAX: usize = 4;

/// Room for owned paths of a database so small that its growth says nothing, in bytes.
const PATHS_BYTES_FREE: usize = 1 << 16;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let room = input.bytes.len().saturating_mul(PATHS_GROWTH_MAX).saturating_add(PATHS_BYTES_FREE);
    let mut paths = Paths { bytes: Vec::new(), ends: Vec::new(), room, left_out: 0 };
    let mut broken = Broken::default();
    let mut entry = Entry::default();
    for line in Lines::new(input.bytes) {
        if line.text.is_empty() {
            entry.finish(sink, &mut broken, &mut paths);
            entry = Entry::default();
            continue;
        }
        let [key, b':', value @ ..] = line.text else {
            entry.start.get_or_insert(line.number);
            broken.report(sink, line.number, "a line is not of the form `X:value`");
            continue;
        };
        if *key == b'P' && entry.name.is_some() {
            broken.report(sink, line.number, "no empty line before this package");
            entry.finish(sink, &mut broken, &mut paths);
            entry = Entry::default();
        }
        entry.start.get_or_insert(line.number);
        match key {
            b'P' => entry.name = Some(value),
            b'V' => entry.version = Some(value),
            b'A' => entry.arch = Some(value),
            b'L' => entry.license = Some(value),
            b'o' => entry.origin = Some(value),
            b'F' => entry.folder = Some(value),
            b'R' => paths.push(entry.folder.unwrap_or_default(), value),
            _ => {}
        }
        if entry.folder.is_none() {
            entry.end = line.number;
        }
    }
    entry.finish(sink, &mut broken, &mut paths);
    if paths.left_out > 0 {
        let message = format!("{} paths are too long to say who owns them", paths.left_out);
        sink.problem(&ParseError::new(message));
    }
    broken.finish()
}

/// One package as far as it is read.
#[derive(Default)]
struct Entry<'a> {
    start: Option<u32>,
    /// The last line before the list of files.
    end: u32,
    name: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    arch: Option<&'a [u8]>,
    license: Option<&'a [u8]>,
    origin: Option<&'a [u8]>,
    folder: Option<&'a [u8]>,
}

impl Entry<'_> {
    fn finish(&self, sink: &mut Sink<'_>, broken: &mut Broken, paths: &mut Paths) {
        let Some(start) = self.start else { return };
        let filled = |value: Option<&[u8]>| value.filter(|value| !value.is_empty()).map(text);
        match (filled(self.name), filled(self.version)) {
            (Some(name), Some(version)) => {
                let mut package = PackageFact::installed(Ecosystem::Apk, name, version);
                package.arch = filled(self.arch);
                package.licenses = filled(self.license).into_iter().collect();
                package.source = filled(self.origin)
                    .map(|name| SourcePackage { name, version: package.version.clone() });
                package.lines = Some(LineRange { start, end: self.end.max(start) });
                let name = package.name.clone();
                sink.package(package);
                sink.owns(&name, paths.iter());
            }
            (None, _) => broken.report(sink, start, "an entry has no package name (`P:`)"),
            (Some(_), None) => broken.report(sink, start, "a package has no version (`V:`)"),
        }
        paths.clear();
    }
}

/// The files of one package, end to end in one buffer that all packages share.
struct Paths {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Bytes that may still be built for this database.
    room: usize,
    left_out: u64,
}

impl Paths {
    fn push(&mut self, folder: &[u8], name: &[u8]) {
        let length = folder.len().saturating_add(1).saturating_add(name.len());
        let room = self.room.checked_sub(length).filter(|_| length <= PATH_BYTES_MAX);
        let Some(room) = room else {
            self.left_out = self.left_out.saturating_add(1);
            return;
        };
        self.room = room;
        self.bytes.extend_from_slice(folder);
        self.bytes.push(b'/');
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len());
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..*end))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}
