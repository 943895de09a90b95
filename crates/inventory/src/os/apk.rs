//! The package database of Alpine Linux and its relatives.

use crate::broken::Broken;
use crate::lines::{Lines, text};
use crate::os::paths::Paths;
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

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut paths = Paths::of_database(input.bytes.len());
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
    paths.finish(sink);
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
