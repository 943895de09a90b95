//! From the headers a database holds to facts, whatever the database.

use super::header::Header;
use super::signature::issuer;
use crate::broken::Broken;
use crate::lines::text;
use crate::os::paths::Paths;
use lazaret_core::extract::{FileInput, Gives, ParseError, Sink};
use lazaret_core::package::{Ecosystem, PackageFact, SourcePackage};

/// What a package header tells.
pub(super) const GIVES: Gives =
    Gives { licenses: true, source: true, ownership: true, dev: false, lines: false };

/// What rpm writes where there is nothing to write.
const NONE: &[u8] = b"(none)";

/// Takes the headers of one database, one after the other.
pub(super) struct Packages<'s, 'w> {
    sink: &'s mut Sink<'w>,
    broken: Broken,
    paths: Paths,
    /// Bytes of headers that may still be read. Headers do not overlap, so all of them together are
    /// no larger than the file, unless its entries lead to the same bytes again and again.
    room: usize,
}

impl<'s, 'w> Packages<'s, 'w> {
    pub(super) fn new(input: &FileInput<'_>, sink: &'s mut Sink<'w>) -> Self {
        Self::of_bytes(input.bytes.len(), sink)
    }

    /// Takes the headers of a database of this size, whatever number of files it has.
    pub(super) fn of_bytes(size: usize, sink: &'s mut Sink<'w>) -> Self {
        Self { sink, broken: Broken::default(), paths: Paths::of_database(size), room: size }
    }

    /// Makes room for a header that is about to be put together.
    pub(super) fn reserve(&mut self, bytes: usize) -> Result<(), ParseError> {
        self.room = self.room.checked_sub(bytes).ok_or_else(|| {
            ParseError::new("the packages of the database are larger together than the file")
        })?;
        Ok(())
    }

    /// Reads the header of one package, for which there is room.
    pub(super) fn header(&mut self, blob: &[u8]) {
        let header = match Header::parse(blob) {
            Ok(header) => header,
            Err(why) => return self.broken(why),
        };
        let package = package(&header);
        let name = package.name.clone();
        self.sink.package(package);
        let outcome = header.files(|folder, file| self.paths.push(folder, file));
        self.sink.owns(&name, self.paths.iter());
        self.paths.clear();
        if let Err(why) = outcome {
            self.broken(&format!("{why}: {name}"));
        }
    }

    /// Says that a part of the database cannot be read.
    pub(super) fn broken(&mut self, message: &str) {
        self.broken.report_anywhere(self.sink, message);
    }

    /// The end of the file.
    pub(super) fn finish(self) -> Result<(), ParseError> {
        self.paths.finish(self.sink);
        self.broken.finish()
    }
}

/// A package as its header has it. The public keys that rpm keeps as packages (`gpg-pubkey`) are
/// among them, as in its own lists.
pub(super) fn package(header: &Header<'_>) -> PackageFact {
    let name = text(header.name);
    let version = evr(header.epoch, &release(header.version, header.release));
    let mut package = PackageFact::installed(Ecosystem::Rpm, name, version);
    package.arch = said(header.arch);
    package.licenses = said(header.license).into_iter().collect();
    package.source = source(header.source);
    package.vendor = said(header.vendor);
    package.module = said(header.module).and_then(|label| stream(&label));
    package.signer = issuer(header.signature);
    package
}

/// The module and stream of a label, `nodejs:18` of `nodejs:18:8090020231130120012:a75119d5`: what
/// follows tells one build of the stream from another.
fn stream(label: &str) -> Option<String> {
    let mut parts = label.split(':');
    let (module, stream) = (parts.next()?, parts.next()?);
    (!module.is_empty() && !stream.is_empty()).then(|| format!("{module}:{stream}"))
}

/// `version-release`.
fn release(version: &[u8], release: &[u8]) -> String {
    let mut full = text(version);
    if !release.is_empty() {
        full.push('-');
        full.push_str(&text(release));
    }
    full
}

/// A whole version as rpm writes it: an epoch of zero is the same as none, and is left out.
pub(in crate::os) fn evr(epoch: u32, version: &str) -> String {
    if epoch == 0 { version.to_owned() } else { format!("{epoch}:{version}") }
}

/// A text, unless it is empty or stands for nothing.
pub(super) fn said(value: &[u8]) -> Option<String> {
    (!value.is_empty() && value != NONE).then(|| text(value))
}

/// The source package, from the name of its file: `name-version-release.src.rpm`.
pub(super) fn source(file: &[u8]) -> Option<SourcePackage> {
    let file = said(file)?;
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let version = format!("{version}-{release}");
    (!name.is_empty()).then(|| SourcePackage { name: name.to_owned(), version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_its_module_and_stream() {
        for (label, expected) in [
            ("nodejs:18:8090020231130120012:a75119d5", Some("nodejs:18")),
            ("container-tools:rhel8:8090020240201111839:d7b6f4b7", Some("container-tools:rhel8")),
            ("perl:5.26", Some("perl:5.26")),
            ("nodejs", None),
            ("nodejs:", None),
            (":18", None),
            ("", None),
        ] {
            assert_eq!(stream(label).as_deref(), expected, "{label}");
        }
    }

    #[test]
    fn the_source_is_read_from_the_name_of_its_file() {
        for (file, expected) in [
            ("bash-5.1.8-1.cm2.src.rpm", Some(("bash", "5.1.8-1.cm2"))),
            ("python-2.7-x-1.0-2.nosrc.rpm", Some(("python-2.7-x", "1.0-2"))),
            ("(none)", None),
            ("", None),
            ("bash.src.rpm", None),
            ("-1-2.src.rpm", None),
            ("bash-5.1.8-1.x86_64.rpm", None),
        ] {
            let found = source(file.as_bytes());
            let found = found.as_ref().map(|source| (&*source.name, &*source.version));
            assert_eq!(found, expected, "{file}");
        }
    }
}
