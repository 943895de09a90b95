//! `container-manifest-2`: the packages of an Azure Linux (CBL-Mariner) image that was put together
//! without rpm, one a line, as `rpm -qa` would print them.

use super::packages::{evr, said, source};
use crate::broken::Broken;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact};

/// Packages of images without a package database.
pub(crate) static MANIFEST: Extractor = Extractor {
    id: "rpm/manifest",
    version: 1,
    title: "Azure Linux distroless manifest",
    spec: "https://github.com/microsoft/marinara",
    selects: &[Select::Path("var/lib/rpmmanifest/container-manifest-2")],
    gives: Gives { licenses: false, source: true, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    for line in Lines::new(input.bytes) {
        if line.text.is_empty() {
            continue;
        }
        match package(line.text) {
            Some(mut package) => {
                package.lines = Some(LineRange { start: line.number, end: line.number });
                sink.package(package);
            }
            None => broken.report(sink, line.number, "a line is not a package of `rpm -qa`"),
        }
    }
    broken.finish()
}

/// Name, version and release, times of installation and build, vendor, a field without use, size,
/// architecture, epoch and source package.
fn package(line: &[u8]) -> Option<PackageFact> {
    let mut fields = line.split(|byte| *byte == b'\t').map(<[u8]>::trim_ascii);
    let (name, version) = (said(fields.next()?)?, said(fields.next()?)?);
    let arch = fields.nth(5)?;
    let epoch = std::str::from_utf8(fields.next()?).ok()?;
    let epoch = if epoch == "(none)" { 0 } else { epoch.parse().ok()? };
    let file = fields.next()?;
    if fields.next().is_some() {
        return None;
    }
    let mut package = PackageFact::installed(Ecosystem::Rpm, name, evr(epoch, &version));
    package.arch = said(arch);
    package.source = source(file);
    Some(package)
}
