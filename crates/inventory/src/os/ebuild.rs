//! The package database of Gentoo: for each installed package a folder `var/db/pkg/CATEGORY/PF`,
//! in which every file is one value.
//!
//! Name and version are those of the folder. `CONTENTS`, which every package has, says that it is
//! there and which files are its own; `LICENSE` is a value of its own.

use crate::broken::Broken;
use crate::lines::{Lines, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

const SPEC: &str = "https://projects.gentoo.org/pms/8/pms.html";

const FOLDER: &str = "var/db/pkg";

/// Longest expression of licenses, in bytes: those of TeX come near 2,000.
const LICENSE_BYTES_MAX: usize = 8_192;

/// What is installed, and which files belong to which package.
pub(crate) static CONTENTS: Extractor = Extractor {
    id: "ebuild/contents",
    version: 1,
    title: "Gentoo package database",
    spec: SPEC,
    selects: &[Select::Below(FOLDER, "CONTENTS")],
    gives: Gives { licenses: false, source: false, ownership: true, dev: false, lines: false },
    run: read_contents,
};

/// The license of each package.
pub(crate) static LICENSE: Extractor = Extractor {
    id: "ebuild/license",
    version: 1,
    title: "Licenses of Gentoo packages",
    spec: SPEC,
    selects: &[Select::Below(FOLDER, "LICENSE")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run: read_license,
};

fn read_contents(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some(package) = package_of(input, "CONTENTS")? else { return Ok(()) };
    let name = package.name.clone();
    sink.package(package);
    let filled = || Lines::new(input.bytes).filter(|line| !line.text.is_empty());
    sink.owns(&name, filled().filter_map(|line| entry(line.text)?));
    let mut broken = Broken::default();
    for line in filled().filter(|line| entry(line.text).is_none()) {
        broken.report(sink, line.number, "a line is not an entry of a list of files");
    }
    broken.finish()
}

/// The path of a file, or nothing of an entry that is none; an outer nothing if the line is no
/// entry. Paths may hold spaces.
#[expect(clippy::option_option, reason = "an entry without a file is not a broken line")]
fn entry(line: &[u8]) -> Option<Option<&[u8]>> {
    let space = memchr::memchr(b' ', line)?;
    let (kind, rest) = line.split_at_checked(space)?;
    let rest = rest.strip_prefix(b" ").filter(|rest| rest.starts_with(b"/"))?;
    match kind {
        b"obj" => {
            // A checksum and a time follow.
            let (rest, _) = rest.split_at_checked(memchr::memrchr(b' ', rest)?)?;
            let (path, _) = rest.split_at_checked(memchr::memrchr(b' ', rest)?)?;
            Some(Some(path))
        }
        b"sym" => {
            let arrow = memchr::memmem::find(rest, b" -> ")?;
            rest.get(..arrow).map(Some)
        }
        b"dir" | b"fif" | b"dev" => Some(None),
        _ => None,
    }
}

fn read_license(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some(mut package) = package_of(input, "LICENSE")? else { return Ok(()) };
    if input.bytes.len() > LICENSE_BYTES_MAX {
        return Err(ParseError::new("the expression of licenses is too long"));
    }
    let value = text(input.bytes);
    let words: Vec<&str> = value.split_whitespace().collect();
    if !words.is_empty() {
        package.licenses.push(words.join(" "));
        sink.package(package);
    }
    Ok(())
}

/// The package in whose folder a file lies; nothing if it lies deeper.
fn package_of(input: &FileInput<'_>, file: &str) -> Result<Option<PackageFact>, ParseError> {
    let inner = input.path.as_str().strip_prefix(FOLDER).and_then(|inner| inner.strip_prefix('/'));
    let parts: Vec<&str> = inner.unwrap_or_default().split('/').collect();
    let [category, folder, name] = parts.as_slice() else { return Ok(None) };
    if *name != file {
        return Ok(None);
    }
    let (name, version) = name_and_version(folder)
        .ok_or_else(|| ParseError::new("the folder is not named as a package is"))?;
    Ok(Some(PackageFact::installed(Ecosystem::Ebuild, format!("{category}/{name}"), version)))
}

/// Splits `name-version` or `name-version-rN` (PMS 3.1 and 3.2).
fn name_and_version(folder: &str) -> Option<(&str, &str)> {
    let is_revision = |part: &str| {
        part.strip_prefix('r').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let without_revision = match folder.rsplit_once('-') {
        Some((rest, revision)) if is_revision(revision) => rest,
        _ => folder,
    };
    let (name, version) = without_revision.rsplit_once('-')?;
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    let version = folder.get(name.len().checked_add(1)?..)?;
    (is_version && !name.is_empty()).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of PMS, and names with digits in them.
    #[test]
    fn a_version_begins_with_a_digit_behind_the_last_hyphen_that_is_no_revision() {
        for (folder, expected) in [
            ("bash-5.2_p26-r6", Some(("bash", "5.2_p26-r6"))),
            ("libsdl2-2.30.3", Some(("libsdl2", "2.30.3"))),
            ("font-adobe-100dpi-1.0.3-r2", Some(("font-adobe-100dpi", "1.0.3-r2"))),
            ("gtk+-3.24.41", Some(("gtk+", "3.24.41"))),
            ("mtr-r1-1.0", Some(("mtr-r1", "1.0"))),
            ("openssl", None),
            ("openssl-r1", None),
            ("-1.0", None),
            ("openssl-abc", None),
        ] {
            assert_eq!(name_and_version(folder), expected, "{folder}");
        }
    }

    #[test]
    fn entries_hold_paths_with_spaces() {
        for (line, expected) in [
            (&b"obj /usr/bin/a b 0123 1700000000"[..], Some(Some(&b"/usr/bin/a b"[..]))),
            (b"sym /usr/lib/a.so -> a.so.1 1700000000", Some(Some(b"/usr/lib/a.so"))),
            (b"dir /usr/bin", Some(None)),
            (b"obj /usr/bin/a", None),
            (b"obj usr/bin/a 0123 1", None),
            (b"new /usr/bin/a 0123 1", None),
            (b"", None),
        ] {
            assert_eq!(entry(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }
}
