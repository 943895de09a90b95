//! Mirrors in a few words, and what they say.

use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::{Records, SegmentRecords};
use lazaret_core::advisory::Advisory;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
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

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}
