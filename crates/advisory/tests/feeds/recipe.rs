//! Mirrors in a few words, and what they say.

use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::{Records, SegmentRecords};
use lazaret_core::advisory::Advisory;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a mirror that holds just these files.
pub(crate) fn mirror_with(files: &[(&str, Vec<u8>)], options: MirrorOptions) -> Records {
    let files: BTreeMap<&str, &Vec<u8>> = files.iter().map(|(path, b)| (*path, b)).collect();
    let paths: Vec<String> = files.keys().map(|path| (*path).to_owned()).collect();
    let read = |path: &str| {
        files.get(path).map(|bytes| (*bytes).clone()).ok_or(io::ErrorKind::NotFound.into())
    };
    read_mirror(&paths, &read, &options).expect("the mirror has a feed")
}

pub(crate) fn mirror(files: &[(&str, Vec<u8>)]) -> Records {
    mirror_with(files, MirrorOptions::default())
}

pub(crate) fn zip_of(documents: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in documents {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn segment<'a>(records: &'a Records, name: &str) -> &'a SegmentRecords {
    let names: Vec<&String> = records.segments.keys().collect();
    records.segments.get(name).unwrap_or_else(|| panic!("no `{name}` among {names:?}"))
}

pub(crate) fn advisory<'a>(records: &'a Records, name: &str, id: &str) -> &'a Advisory {
    let found = segment(records, name).advisories.iter().find(|advisory| advisory.id == id);
    found.unwrap_or_else(|| panic!("no `{id}` in `{name}`"))
}

/// The folder of real feeds beside the checkout, where there is one.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn shared_feeds() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/feeds"));
    if path.is_dir() {
        return Some(path.to_owned());
    }
    println!("skipped: the real feeds are not beside this checkout");
    None
}

pub(crate) fn files_below(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files
}

pub(crate) fn read_shared(root: &Path, wanted: impl Fn(&str) -> bool) -> Records {
    let mut paths = files_below(root);
    paths.retain(|path| wanted(path));
    let read = |path: &str| std::fs::read(root.join(path));
    read_mirror(&paths, &read, &MirrorOptions::default()).expect("feeds")
}

/// A segment as lines of text: `id (aliases) package status ranges =versions severity
/// [conditions]`.
pub(crate) fn lines(records: &Records, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for advisory in &segment(records, name).advisories {
        for affected in &advisory.affected {
            let mut line = advisory.id.clone();
            if !advisory.aliases.is_empty() {
                write!(line, " ({})", advisory.aliases.join(" ")).unwrap();
            }
            write!(line, " {} {}", affected.package, affected.status).unwrap();
            let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
            if !ranges.is_empty() {
                write!(line, " {}", ranges.join(" | ")).unwrap();
            }
            for version in &affected.versions {
                write!(line, " ={version}").unwrap();
            }
            if let Some(severity) = affected.severity {
                write!(line, " {severity}").unwrap();
            }
            let conditions = &affected.conditions;
            let others = conditions.module.iter().chain(&conditions.channel);
            let conditions: Vec<&str> =
                conditions.arches.iter().chain(others).map(String::as_str).collect();
            if !conditions.is_empty() {
                write!(line, " [{}]", conditions.join(" ")).unwrap();
            }
            lines.push(line);
        }
    }
    lines
}

pub(crate) fn counts(map: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    map.iter().map(|(what, many)| (what.as_str(), *many)).collect()
}

/// One file of the collections of other projects' fixtures beside the checkout, if they are there.
pub(crate) fn foreign_fixture(archive: &str, path: &str) -> Option<Vec<u8>> {
    let root = shared_feeds()?;
    let bytes = std::fs::read(root.join("fixtures").join(archive)).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with(path) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            return Some(bytes);
        }
    }
    panic!("no `{path}` in the archive")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}
