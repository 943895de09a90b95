//! Which files are looked into, and how: text, archives, compiled Python.

use super::engine::{Scanner, Text};
use super::pyc;
use flate2::read::MultiGzDecoder;
use lazaret_core::check::SecretHit;
use std::fmt;
use std::io::{Cursor, Read};

/// Longest text that is looked into, in bytes. Dumps of databases are larger; configuration and
/// code are not.
pub const TEXT_BYTES_MAX: u64 = 16 << 20;

/// Largest archive that is looked into, in bytes as it is stored.
const ARCHIVE_BYTES_MAX: u64 = 128 << 20;

/// Bytes that come out of one archive and all archives in it. Ten times what is in the largest
/// Java applications.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;

/// Files looked into in one archive and all archives in it.
const ENTRIES_MAX: usize = 50_000;

/// Archives in archives: an EAR holds a WAR, which holds a JAR, which may hold a last one.
const DEPTH_MAX: usize = 4;

/// Bytes at the beginning of a file that tell text from the rest, as git does it.
const SNIFF_BYTES: usize = 8_000;

/// Places that could not be looked into that are told of one file.
const UNREAD_MAX: usize = 100;

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileScan {
    /// The secrets, in the order they stand in it.
    pub hits: Vec<SecretHit>,
    /// What could not be looked into; at most 100 entries.
    pub unread: Vec<Unread>,
}

/// Something that was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its path inside the archive; absent for the file itself.
    pub inside: Option<String>,
    /// Why not.
    pub why: &'static str,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inside {
            Some(inside) => write!(f, "`{inside}` was not searched for secrets: {}", self.why),
            None => write!(f, "not searched for secrets: {}", self.why),
        }
    }
}

/// Whether a file of this path and size (in bytes) is worth handing to [`scan_file`].
///
/// Passed over are files whose name says that they hold no text, data of the distribution that is
/// no configuration, and what is larger than 16 MiB (archives: 128 MiB). Lock files and code made
/// smaller by a program are looked into: rules for tokens apply to them, others do not. What no rule
/// looks at, [`Scanner::passes_over`] knows.
pub fn wants(path: &str, size: u64) -> bool {
    let path = path.to_ascii_lowercase();
    let path = path.trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let limit = if is_archive_ending(ending) { ARCHIVE_BYTES_MAX } else { TEXT_BYTES_MAX };
    size > 0
        && size <= limit
        && BINARY_ENDINGS.binary_search(&ending).is_err()
        && !DATA_NAMES.contains(&name)
        && !DATA_STARTS.iter().any(|start| path.starts_with(start))
        && !is_library(name)
}

/// Whether a file that [`wants`] names may have text in it, by its first bytes: most files that have
/// none say so in their first sixty.
pub fn may_have_text(path: &str, first: &[u8]) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_tar = ending.eq_ignore_ascii_case("tar");
    is_tar || !matches!(kind(path, first), Kind::Binary)
}

/// Endings of files that are no text, sorted.
const BINARY_ENDINGS: &[&str] = &[
    "3gp",
    "7z",
    "a",
    "aac",
    "aar",
    "avi",
    "bin",
    "blend",
    "bmp",
    "br",
    "bz2",
    "cat",
    "class",
    "dat",
    "db",
    "deb",
    "dll",
    "dylib",
    "elc",
    "eot",
    "exe",
    "flac",
    "gif",
    "gmo",
    "h5",
    "heic",
    "icns",
    "ico",
    "idx",
    "img",
    "iso",
    "jpeg",
    "jpg",
    "ko",
    "lz4",
    "lzma",
    "mkv",
    "mo",
    "mov",
    "mp3",
    "mp4",
    "mpeg",
    "npy",
    "npz",
    "o",
    "obj",
    "odt",
    "ogg",
    "onnx",
    "otf",
    "pack",
    "parquet",
    "pb",
    "pdb",
    "pdf",
    "pfb",
    "pkl",
    "png",
    "psd",
    "pt",
    "pth",
    "pyd",
    "rar",
    "rlib",
    "rmeta",
    "rpm",
    "safetensors",
    "so",
    "sqlite",
    "squashfs",
    "svgz",
    "swf",
    "tflite",
    "tif",
    "tiff",
    "ttc",
    "ttf",
    "wasm",
    "wav",
    "webm",
    "webp",
    "wmv",
    "woff",
    "woff2",
    "xls",
    "xz",
    "zst",
];

/// Names of files that package managers keep their lists in.
const DATA_NAMES: &[&str] =
    &["rpmdb.sqlite", "packages.db", "packages", "ld.so.cache", "locale-archive"];

/// Folders that hold data of the distribution and nobody's configuration.
const DATA_STARTS: &[&str] = &[
    "dev/",
    "lib/apk/db/",
    "lib/modules/",
    "lib/firmware/",
    "proc/",
    "sys/",
    "usr/lib/modules/",
    "usr/lib/firmware/",
    "usr/share/fonts/",
    "usr/share/i18n/",
    "usr/share/icons/",
    "usr/share/icu/",
    "usr/share/locale/",
    "usr/share/man/",
    "usr/share/mime/",
    "usr/share/terminfo/",
    "usr/share/unicode/",
    "usr/share/zoneinfo/",
    "lib/terminfo/",
    "etc/ssl/certs/",
    "etc/pki/ca-trust/extracted/",
    "usr/share/ca-certificates/",
    "var/cache/apt/",
    "var/cache/debconf/",
    "var/lib/apt/lists/",
    "var/lib/dpkg/",
    "var/lib/rpm/",
    "usr/lib/sysimage/rpm/",
];

/// Whether a name is that of a shared library: `libc.so.6`.
fn is_library(name: &str) -> bool {
    name.split_once(".so.").is_some_and(|(_, version)| {
        version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

fn is_archive_ending(ending: &str) -> bool {
    matches!(
        ending,
        "apk"
            | "ear"
            | "egg"
            | "gz"
            | "hpi"
            | "jar"
            | "jpi"
            | "nupkg"
            | "par"
            | "sar"
            | "tar"
            | "tgz"
            | "vsix"
            | "war"
            | "whl"
            | "xpi"
            | "zip"
    )
}

/// Finds the secrets of a file, whatever it is: a text, an archive, compiled Python.
///
/// Zip archives (which JARs, wheels and NuGet packages are), tar archives and gzip are looked into
/// to a depth of four, and to 512 MiB and 50,000 files in all. Anything else with a NUL in its first
/// 8,000 bytes is no text, unless it begins with the mark of UTF-16.
pub fn scan_file(scanner: &Scanner, path: &str, bytes: &[u8]) -> FileScan {
    let mut walk = Walk {
        scanner,
        scan: FileScan::default(),
        bytes_left: UNPACKED_BYTES_MAX,
        entries_left: ENTRIES_MAX,
    };
    walk.file(path, None, bytes, 0);
    walk.scan
}

struct Walk<'s> {
    scanner: &'s Scanner,
    scan: FileScan,
    bytes_left: u64,
    entries_left: usize,
}

enum Kind {
    Text,
    Utf16 { is_big_endian: bool },
    Compiled,
    Zip,
    Gzip,
    Tar,
    Binary,
}

fn kind(path: &str, bytes: &[u8]) -> Kind {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match bytes {
        [b'P', b'K', 3, 4, ..] => return Kind::Zip,
        [0x1f, 0x8b, 8, ..] => return Kind::Gzip,
        [0xff, 0xfe, ..] => return Kind::Utf16 { is_big_endian: false },
        [0xfe, 0xff, ..] => return Kind::Utf16 { is_big_endian: true },
        _ => {}
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    if ending.eq_ignore_ascii_case("pyc") && pyc::is_compiled(bytes) {
        return Kind::Compiled;
    }
    // A script may stand before an archive that runs itself.
    if is_archive_ending(ending) && bytes.starts_with(b"#!") {
        return Kind::Zip;
    }
    let start = bytes.get(..SNIFF_BYTES.min(bytes.len())).unwrap_or_default();
    if memchr::memchr(0, start).is_some() { Kind::Binary } else { Kind::Text }
}

impl Walk<'_> {
    fn file(&mut self, path: &str, inside: Option<&str>, bytes: &[u8], depth: usize) {
        let kind = kind(path, bytes);
        if matches!(kind, Kind::Zip | Kind::Gzip | Kind::Tar) && depth >= DEPTH_MAX {
            self.unread(inside, "archives are nested too deep");
            return;
        }
        match kind {
            Kind::Text => self.text(path, inside, bytes, true),
            Kind::Utf16 { is_big_endian } => {
                self.text(path, inside, &from_utf16(bytes, is_big_endian), true);
            }
            Kind::Compiled => self.text(path, inside, &pyc::texts(bytes), false),
            Kind::Zip => self.zip(path, inside, bytes, depth),
            Kind::Gzip => self.gzip(path, inside, bytes, depth),
            Kind::Tar => self.tar(path, inside, bytes, depth),
            Kind::Binary => {}
        }
    }

    fn text(&mut self, path: &str, inside: Option<&str>, bytes: &[u8], has_lines: bool) {
        let text = Text { path: Some(path), is_setting: false, bytes };
        for mut hit in self.scanner.scan(&text) {
            hit.inside = inside.map(str::to_owned);
            if !has_lines {
                hit.lines = None;
                if self.scan.hits.last() == Some(&hit) {
                    continue;
                }
            }
            self.scan.hits.push(hit);
        }
    }

    fn unread(&mut self, inside: Option<&str>, why: &'static str) {
        if self.scan.unread.len() < UNREAD_MAX {
            self.scan.unread.push(Unread { inside: inside.map(str::to_owned), why });
        }
    }

    fn zip(&mut self, path: &str, inside: Option<&str>, bytes: &[u8], depth: usize) {
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
            self.unread(inside, "the zip archive is broken");
            return;
        };
        for index in 0..archive.len() {
            let Ok(entry) = archive.by_index_raw(index) else { continue };
            let (name, size) =
                (String::from_utf8_lossy(entry.name_raw()).into_owned(), entry.size());
            let (is_file, is_encrypted) = (entry.is_file(), entry.encrypted());
            drop(entry);
            if !is_file || !self.wants(path, &name, size) {
                continue;
            }
            let within = within(inside, &name);
            if is_encrypted {
                self.unread(Some(&within), "it is encrypted");
                continue;
            }
            let Some(limit) = self.admit(inside, &name) else { return };
            match archive.by_index(index) {
                Ok(entry) => self.entry(path, &within, &name, entry, limit, depth),
                Err(_) => self.unread(Some(&within), "its compression is not supported"),
            }
        }
    }

    fn gzip(&mut self, path: &str, inside: Option<&str>, bytes: &[u8], depth: usize) {
        let mut start = Vec::new();
        // What cannot be read here cannot be read below either, and is told there.
        drop(MultiGzDecoder::new(bytes).take(512).read_to_end(&mut start));
        if start.get(257..262) == Some(b"ustar") {
            self.tar(path, inside, MultiGzDecoder::new(bytes), depth);
            return;
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".gz").unwrap_or(name).to_owned();
        if !self.wants(path, &name, 1) {
            return;
        }
        let Some(limit) = self.admit(inside, &name) else { return };
        let within = within(inside, &name);
        self.entry(path, &within, &name, MultiGzDecoder::new(bytes), limit, depth);
    }

    fn tar(&mut self, path: &str, inside: Option<&str>, reader: impl Read, depth: usize) {
        let mut archive = tar::Archive::new(reader.take(self.bytes_left));
        let Ok(entries) = archive.entries() else {
            self.unread(inside, "the tar archive is broken");
            return;
        };
        for entry in entries {
            let Ok(entry) = entry else {
                self.unread(inside, "the tar archive is broken, or too large");
                return;
            };
            // What is passed over is decompressed all the same.
            self.bytes_left = self.bytes_left.saturating_sub(entry.size());
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_file = entry.header().entry_type().is_file();
            if !is_file || !self.wants(path, &name, entry.size()) {
                continue;
            }
            let Some(limit) = self.admit(inside, &name) else { return };
            let within = within(inside, &name);
            self.entry(path, &within, &name, entry, limit, depth);
        }
    }

    /// Whether an entry of an archive is looked into.
    fn wants(&self, path: &str, name: &str, size: u64) -> bool {
        wants(name, size) && !self.scanner.passes_over(&[path, "/", name].concat())
    }

    /// How many bytes of the next entry may be read; nothing where the archive has had its share.
    fn admit(&mut self, inside: Option<&str>, name: &str) -> Option<u64> {
        let Some(left) = self.entries_left.checked_sub(1) else {
            self.unread(inside, "the archive holds too many files");
            return None;
        };
        self.entries_left = left;
        if self.bytes_left == 0 {
            self.unread(inside, "the archive is too large");
            return None;
        }
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let limit = if is_archive_ending(&ending.to_ascii_lowercase()) {
            ARCHIVE_BYTES_MAX
        } else {
            TEXT_BYTES_MAX
        };
        Some(limit.min(self.bytes_left))
    }

    fn entry(
        &mut self,
        path: &str,
        within: &str,
        name: &str,
        entry: impl Read,
        limit: u64,
        depth: usize,
    ) {
        let mut body = Vec::new();
        let read = entry.take(limit.saturating_add(1)).read_to_end(&mut body);
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        self.bytes_left = self.bytes_left.saturating_sub(length);
        if read.is_err() {
            self.unread(Some(within), "it is broken");
        } else if length > limit {
            self.unread(Some(within), "it is too large");
        } else {
            let path = [path, "/", name].concat();
            self.file(&path, Some(within), &body, depth.saturating_add(1));
        }
    }
}

/// A path inside an archive that may itself be inside another.
fn within(inside: Option<&str>, name: &str) -> String {
    inside.map_or_else(|| name.to_owned(), |inside| [inside, "!/", name].concat())
}

/// UTF-16 after its mark as UTF-8; what is none becomes a question mark of its own.
fn from_utf16(bytes: &[u8], is_big_endian: bool) -> Vec<u8> {
    let units = bytes.chunks_exact(2).skip(1).map(|pair| match pair {
        [a, b] if is_big_endian => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    fn token() -> String {
        ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat()
    }

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, body) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(body).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, body) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(body.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *body).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn gzip_of(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn inside(path: &str, bytes: &[u8]) -> Vec<(String, Option<String>)> {
        let scan = scan_file(Scanner::builtin(), path, bytes);
        assert_eq!(scan.unread, []);
        scan.hits.into_iter().map(|hit| (hit.rule, hit.inside)).collect()
    }

    fn found(inside: &str) -> Vec<(String, Option<String>)> {
        vec![("github-pat".to_owned(), Some(inside.to_owned()))]
    }

    #[test]
    fn archives_are_looked_into() {
        let text = format!("x\ntoken: {}\n", token());
        let jar = zip_of(&[("META-INF/MANIFEST.MF", b"a"), ("app.properties", text.as_bytes())]);
        assert_eq!(inside("app/a.jar", &jar), found("app.properties"));
        let war = zip_of(&[("WEB-INF/lib/a.jar", &jar)]);
        assert_eq!(inside("app/b.war", &war), found("WEB-INF/lib/a.jar!/app.properties"));
        let tar = tar_of(&[("pkg/config.yml", text.as_bytes())]);
        assert_eq!(inside("app/x.tar", &tar), found("pkg/config.yml"));
        assert_eq!(inside("app/x.tgz", &gzip_of(&tar)), found("pkg/config.yml"));
        assert_eq!(inside("var/backup/dump.sql.gz", &gzip_of(text.as_bytes())), found("dump.sql"));
        let run = [b"#!/bin/sh\nexec java -jar $0\n".as_slice(), &jar].concat();
        assert_eq!(inside("app/run.jar", &run), found("app.properties"));
    }

    #[test]
    fn nesting_has_an_end_that_is_told() {
        let mut archive = zip_of(&[("a.txt", token().as_bytes())]);
        for _ in 0..5 {
            archive = zip_of(&[("a.zip", &archive)]);
        }
        let scan = scan_file(Scanner::builtin(), "a.zip", &archive);
        assert!(scan.hits.is_empty());
        assert_eq!(scan.unread.len(), 1);
        assert_eq!(
            scan.unread[0].to_string(),
            "`a.zip!/a.zip!/a.zip!/a.zip` was not searched for secrets: archives are nested too deep"
        );
    }

    #[test]
    fn bombs_and_broken_archives_are_told() {
        let large = gzip_of(&vec![b'a'; 17 << 20]);
        let scan = scan_file(Scanner::builtin(), "a.log.gz", &large);
        assert_eq!(scan.unread[0].why, "it is too large");
        let scan = scan_file(Scanner::builtin(), "a.zip", b"PK\x03\x04 no archive");
        assert_eq!(scan.unread[0].why, "the zip archive is broken");
        let scan = scan_file(Scanner::builtin(), "a.gz", b"\x1f\x8b\x08no gzip at all");
        assert_eq!(scan.unread[0].why, "it is broken");
    }

    #[test]
    fn compiled_python_gives_its_texts() {
        let mut file = b"\xa7\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0\0".to_vec();
        file.extend(b")\x02\xda\x28");
        file.extend(token().as_bytes());
        file.extend(b"N)\x01\xda\x03KEY");
        let scan = scan_file(Scanner::builtin(), "app/a.pyc", &file);
        assert_eq!(scan.hits.len(), 1);
        assert_eq!(scan.hits[0].lines, None);
    }

    #[test]
    fn utf16_is_text_and_other_bytes_are_not() {
        let text = format!("\u{feff}one\nkey: {}\n", token());
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            let scan = scan_file(Scanner::builtin(), "a.ps1", &bytes);
            assert_eq!(scan.hits[0].lines.map(|lines| lines.start), Some(2));
        }
        let binary = [b"\x7fELF\0\0", token().as_bytes()].concat();
        assert_eq!(scan_file(Scanner::builtin(), "a", &binary), FileScan::default());
    }

    #[test]
    fn what_is_no_text_by_its_name_is_not_wanted() {
        assert!(BINARY_ENDINGS.is_sorted());
        for path in ["app/.env", "app/a.jar", "app/package-lock.json", "a.pyc", "etc/shadow", "x"] {
            assert!(wants(path, 100), "{path}");
        }
        for path in ["a.png", "lib/libc.so.6", "usr/share/zoneinfo/UTC", "A.WOFF2", "a.class"] {
            assert!(!wants(path, 100), "{path}");
        }
        assert!(!wants("a.txt", 0) && !wants("a.txt", TEXT_BYTES_MAX + 1));
        assert!(wants("a.jar", TEXT_BYTES_MAX + 1) && !wants("a.jar", ARCHIVE_BYTES_MAX + 1));
    }
}
