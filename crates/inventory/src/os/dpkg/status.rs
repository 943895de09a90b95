//! `status`, the list of packages dpkg knows, and `status.d`, its one-file-per-package form in
//! images that were put together without dpkg.

use crate::broken::Broken;
use crate::lines::{Lines, field, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact, SourcePackage};

const GIVES: Gives =
    Gives { licenses: false, source: true, ownership: false, dev: false, lines: true };

/// Packages dpkg has installed.
pub(crate) static STATUS: Extractor = Extractor {
    id: "dpkg/status",
    version: 2,
    title: "Debian package database",
    spec: "https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html#FILES",
    selects: &[Select::Path("usr/lib/dpkg/status"), Select::Path("var/lib/dpkg/status")],
    gives: GIVES,
    run: |input, sink| read_stanzas(input, sink, &DPKG),
};

/// Packages of images without dpkg, such as distroless ones: a file each.
pub(crate) static STATUS_D: Extractor = Extractor {
    id: "dpkg/status.d",
    version: 3,
    title: "Debian packages of distroless images",
    spec: "https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md",
    selects: &[
        Select::Below("usr/lib/dpkg/status.d", ""),
        Select::Below("var/lib/dpkg/status.d", ""),
    ],
    gives: GIVES,
    run: |input, sink| {
        // Checksums and scripts of the package may lie beside it.
        let name = input.path.name();
        if BESIDE.iter().any(|ending| name.ends_with(ending)) {
            return Ok(());
        }
        read_stanzas(input, sink, &DISTROLESS)
    },
};

/// Endings of files in `status.d` that are not stanzas.
const BESIDE: [&str; 9] = [
    ".conffiles",
    ".list",
    ".md5sums",
    ".postinst",
    ".postrm",
    ".preinst",
    ".prerm",
    ".shlibs",
    ".triggers",
];

static DPKG: Dialect = Dialect {
    ecosystem: Ecosystem::Deb,
    unsaid_is_installed: false,
    is_installed,
    has_source: true,
};

/// A stanza without a `Status` field is of a package that was unpacked into the image.
pub(in crate::os) static DISTROLESS: Dialect = Dialect { unsaid_is_installed: true, ..DPKG };

/// What programs that write the same stanzas mean by them.
pub(in crate::os) struct Dialect {
    pub(in crate::os) ecosystem: Ecosystem,
    /// Whether a stanza without a `Status` field is of an installed package.
    pub(in crate::os) unsaid_is_installed: bool,
    /// Whether a `Status` means that the package is installed.
    pub(in crate::os) is_installed: fn(&[u8]) -> bool,
    /// Whether `Source` names the source package.
    pub(in crate::os) has_source: bool,
}

/// Reads stanzas of fields (deb822). A line that starts with a space belongs to the field before
/// it and is never a field itself.
pub(in crate::os) fn read_stanzas(
    input: &FileInput<'_>,
    sink: &mut Sink<'_>,
    dialect: &Dialect,
) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut stanza = Stanza::default();
    for line in Lines::new(input.bytes) {
        let Some(first) = line.text.first() else {
            stanza.finish(sink, &mut broken, dialect);
            stanza = Stanza::default();
            continue;
        };
        if !matches!(first, b' ' | b'\t') {
            let field = field(line.text);
            if stanza.package.is_some()
                && field.is_some_and(|(name, _)| name.eq_ignore_ascii_case(b"Package"))
            {
                broken.report(sink, line.number, "no empty line before this package");
                stanza.finish(sink, &mut broken, dialect);
                stanza = Stanza::default();
            }
            stanza.start.get_or_insert(line.number);
            if let Some((name, value)) = field {
                stanza.set(name, value);
            } else {
                broken.report(sink, line.number, "a line is not of the form `Field: value`");
            }
        }
        stanza.end = line.number;
    }
    stanza.finish(sink, &mut broken, dialect);
    broken.finish()
}

/// One package as far as it is read.
#[derive(Default)]
struct Stanza<'a> {
    start: Option<u32>,
    end: u32,
    package: Option<&'a [u8]>,
    status: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    arch: Option<&'a [u8]>,
    source: Option<&'a [u8]>,
    maintainer: Option<&'a [u8]>,
}

impl<'a> Stanza<'a> {
    fn set(&mut self, name: &[u8], value: &'a [u8]) {
        let place = match name.len() {
            6 if name.eq_ignore_ascii_case(b"Status") => &mut self.status,
            6 if name.eq_ignore_ascii_case(b"Source") => &mut self.source,
            7 if name.eq_ignore_ascii_case(b"Package") => &mut self.package,
            7 if name.eq_ignore_ascii_case(b"Version") => &mut self.version,
            10 if name.eq_ignore_ascii_case(b"Maintainer") => &mut self.maintainer,
            12 if name.eq_ignore_ascii_case(b"Architecture") => &mut self.arch,
            _ => return,
        };
        *place = Some(value).filter(|value| !value.is_empty());
    }

    fn finish(&self, sink: &mut Sink<'_>, broken: &mut Broken, dialect: &Dialect) {
        let Some(start) = self.start else { return };
        let Some(name) = self.package else {
            broken.report(sink, start, "a stanza has no `Package` field");
            return;
        };
        if !self.status.map_or(dialect.unsaid_is_installed, dialect.is_installed) {
            return;
        }
        let Some(version) = self.version else {
            broken.report(sink, start, "an installed package has no `Version` field");
            return;
        };
        let mut package = PackageFact::installed(dialect.ecosystem, text(name), text(version));
        package.arch = self.arch.map(text);
        if dialect.has_source {
            package.source = Some(source(self.source, &package));
        }
        package.vendor = self.maintainer.map(text);
        package.lines = Some(LineRange { start, end: self.end });
        sink.package(package);
    }
}

/// Whether a `Status` value (wanted state, error flag, state) means that the package's files are
/// here and set up. Packages that wait for a trigger of another one are.
fn is_installed(status: &[u8]) -> bool {
    let mut words = status.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (_wanted, flag, state) = (words.next(), words.next(), words.next());
    flag == Some(b"ok")
        && matches!(state, Some(b"installed" | b"triggers-pending" | b"triggers-awaited"))
        && words.next().is_none()
}

/// The source package: `name` or `name (version)`; what is not said is as in the package itself.
fn source(value: Option<&[u8]>, package: &PackageFact) -> SourcePackage {
    let value = value.unwrap_or_default();
    let (name, version) =
        match memchr::memchr(b'(', value).and_then(|at| value.split_at_checked(at)) {
            Some((name, rest)) => (name, rest.strip_prefix(b"(").unwrap_or_default()),
            None => (value, &[][..]),
        };
    let name = name.trim_ascii();
    let version = version.strip_suffix(b")").unwrap_or(version).trim_ascii();
    SourcePackage {
        name: if name.is_empty() { package.name.clone() } else { text(name) },
        version: if version.is_empty() { package.version.clone() } else { text(version) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_that_are_set_up_are_installed() {
        for (status, installed) in [
            ("install ok installed", true),
            ("hold ok installed", true),
            ("deinstall ok installed", true),
            ("install ok triggers-pending", true),
            ("install ok triggers-awaited", true),
            ("deinstall ok config-files", false),
            ("install ok half-configured", false),
            ("install ok half-installed", false),
            ("install reinstreq unpacked", false),
            ("purge ok not-installed", false),
            ("installed", false),
            ("", false),
        ] {
            assert_eq!(is_installed(status.as_bytes()), installed, "{status}");
        }
    }

    #[test]
    fn a_source_defaults_to_the_package() {
        let package = PackageFact::installed(Ecosystem::Deb, "bin", "1.0-1+b2");
        for (value, name, version) in [
            (None, "bin", "1.0-1+b2"),
            (Some("src"), "src", "1.0-1+b2"),
            (Some("src (1.0-1)"), "src", "1.0-1"),
            (Some("src(2:1.0-1)"), "src", "2:1.0-1"),
            (Some("src (1.0-1"), "src", "1.0-1"),
            (Some("src ()"), "src", "1.0-1+b2"),
        ] {
            let found = source(value.map(str::as_bytes), &package);
            assert_eq!((&*found.name, &*found.version), (name, version), "{value:?}");
        }
    }
}
