//! Which files belong to which package: `info/PACKAGE.list` where dpkg ran, and
//! `status.d/PACKAGE.md5sums` in images that were put together without it.

use crate::broken::Broken;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};

const GIVES: Gives =
    Gives { licenses: false, source: false, ownership: true, dev: false, lines: false };

/// Files of the packages dpkg has installed.
pub(crate) static LIST: Extractor = Extractor {
    id: "dpkg/list",
    version: 1,
    title: "File lists of Debian packages",
    spec: "https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html#FILES",
    selects: &[Select::Below("var/lib/dpkg/info", ".list")],
    gives: GIVES,
    run: |input, sink| read(input, sink, ".list", list_path),
};

/// Files of the packages of images without dpkg, which have no `*.list`.
pub(crate) static MD5SUMS: Extractor = Extractor {
    id: "dpkg/md5sums",
    version: 1,
    title: "Checksum lists of Debian packages in distroless images",
    spec: "https://manpages.debian.org/bookworm/dpkg-dev/deb-md5sums.5.en.html",
    selects: &[
        Select::Below("usr/lib/dpkg/status.d", ".md5sums"),
        Select::Below("var/lib/dpkg/status.d", ".md5sums"),
    ],
    gives: GIVES,
    run: |input, sink| read(input, sink, ".md5sums", md5sums_path),
};

fn read(
    input: &FileInput<'_>,
    sink: &mut Sink<'_>,
    ending: &str,
    path_of: fn(&[u8]) -> Option<&[u8]>,
) -> Result<(), ParseError> {
    let stem = input.path.name().strip_suffix(ending).unwrap_or_default();
    // Packages that may be installed for several architectures have theirs in the file name.
    let package = stem.split(':').next().unwrap_or(stem);
    read_paths(input, sink, package, path_of)
}

/// Reads a file that has a path on each line, all of which one package owns.
pub(in crate::os) fn read_paths(
    input: &FileInput<'_>,
    sink: &mut Sink<'_>,
    package: &str,
    path_of: fn(&[u8]) -> Option<&[u8]>,
) -> Result<(), ParseError> {
    if package.is_empty() {
        return Err(ParseError::new("the file name holds no package name"));
    }
    let filled = || Lines::new(input.bytes).filter(|line| !line.text.is_empty());
    sink.owns(package, filled().filter_map(|line| path_of(line.text)));
    let mut broken = Broken::default();
    for line in filled().filter(|line| path_of(line.text).is_none()) {
        broken.report(sink, line.number, "a line holds no path");
    }
    broken.finish()
}

/// A line of a list is an absolute path.
fn list_path(line: &[u8]) -> Option<&[u8]> {
    line.starts_with(b"/").then_some(line)
}

/// A line of checksums is 32 hexadecimal digits, a space, a space or `*`, and a relative path.
fn md5sums_path(line: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = line.split_at_checked(32)?;
    let path = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
    (sum.iter().all(u8::is_ascii_hexdigit) && !path.is_empty()).then_some(path)
}
