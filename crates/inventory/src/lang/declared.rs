//! What is common to files that declare packages: each package once, and nothing that cannot be one.

use lazaret_core::extract::{ParseError, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, Need, PackageFact, Presence};
use std::collections::HashSet;

/// Largest file that is read into a tree, in bytes. The largest lock files are near 10 MB, and a
/// tree of hostile text takes some twenty times the memory of the text.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// Longest name of a package, in bytes: module paths of Go and names of Packagist are below 300.
const NAME_BYTES_MAX: usize = 512;

/// Longest version, in bytes: an address of a repository or an archive may stand in its place.
const VERSION_BYTES_MAX: usize = 2_048;

/// A file as text without its byte order mark, if it is small enough to be read into a tree.
pub(crate) fn document(bytes: &[u8]) -> Result<&str, ParseError> {
    let bytes = crate::lines::without_mark(bytes);
    if bytes.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the file has more than {DOCUMENT_BYTES_MAX} bytes");
        return Err(ParseError::new(message));
    }
    std::str::from_utf8(bytes).map_err(|_| ParseError::new("the file is not UTF-8"))
}

/// A package of which a file says no more than name and version.
pub(crate) fn declared(
    ecosystem: Ecosystem,
    name: &str,
    version: &str,
    presence: Presence,
    line: Option<u32>,
) -> PackageFact {
    let mut package = PackageFact::installed(ecosystem, name, version);
    package.presence = presence;
    package.lines = line.map(|line| LineRange { start: line, end: line });
    package
}

/// [`Presence::DeclaredDev`] or [`Presence::Declared`].
pub(crate) const fn dev(is_dev: bool) -> Presence {
    if is_dev { Presence::DeclaredDev } else { Presence::Declared }
}

/// Packages that one package may need. Real ones need a few hundred at most.
const NEEDS_MAX: usize = 2_000;

/// A package that another one needs, with the version that was chosen for it, if the file says so.
pub(crate) fn need(name: &str, version: Option<&str>) -> Need {
    Need { name: name.to_owned(), version: version.map(str::to_owned) }
}

/// What one package needs, each once and none of it malformed.
pub(crate) fn needs(list: impl IntoIterator<Item = Need>) -> Vec<Need> {
    let is_right = |need: &Need| {
        is_text(&need.name, NAME_BYTES_MAX)
            && need.version.as_ref().is_none_or(|version| is_text(version, VERSION_BYTES_MAX))
    };
    let mut needs: Vec<Need> = list.into_iter().filter(is_right).take(NEEDS_MAX).collect();
    needs.sort();
    needs.dedup();
    needs
}

/// The packages of one file on their way to the sink.
pub(crate) struct Packages<'s, 'f> {
    sink: &'s mut Sink<'f>,
    emitted: HashSet<(String, String, Presence)>,
    refused: usize,
}

impl<'s, 'f> Packages<'s, 'f> {
    /// The beginning of a file.
    pub(crate) fn new(sink: &'s mut Sink<'f>) -> Self {
        Self { sink, emitted: HashSet::new(), refused: 0 }
    }

    /// One package of the file, which may name it several times.
    pub(crate) fn add(&mut self, package: PackageFact) {
        if !is_text(&package.name, NAME_BYTES_MAX) || !is_text(&package.version, VERSION_BYTES_MAX)
        {
            self.refused = self.refused.saturating_add(1);
            return;
        }
        let key = (package.name.clone(), package.version.clone(), package.presence);
        if self.emitted.insert(key) {
            self.sink.package(package);
        }
    }

    /// The sink, for what is no package.
    pub(crate) fn sink(&mut self) -> &mut Sink<'f> {
        self.sink
    }

    /// The end of the file: an error if packages were left out.
    pub(crate) fn finish(self) -> Result<(), ParseError> {
        if self.refused == 0 {
            return Ok(());
        }
        let message = format!("{} packages with a malformed name or version", self.refused);
        Err(ParseError::new(message))
    }
}

/// Whether this may be a name or a version: one word, and not longer than any that is real.
fn is_text(text: &str, bytes_max: usize) -> bool {
    !text.is_empty()
        && text.len() <= bytes_max
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
