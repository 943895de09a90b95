//! `conaninfo.txt`: what a package in Conan's cache was built from.
//!
//! In the cache of Conan 1 its path says which package it is of:
//! `data/NAME/VERSION/USER/CHANNEL/package/ID/conaninfo.txt`. The cache of Conan 2 has short names
//! instead, so that only what went into the package is known there.

use super::reference;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, PackageFact, Presence};

/// Packages in Conan's cache.
pub(crate) static CONANINFO: Extractor = Extractor {
    id: "cpp/conaninfo",
    version: 1,
    title: "Conan packages",
    spec: "https://docs.conan.io/2/reference/binary_model/package_id.html",
    selects: &[Select::Name("conaninfo.txt")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    // Conan 1 has the exact references in a section of their own.
    let mut full: Vec<(String, String, u32)> = Vec::new();
    let mut plain: Vec<(String, String, u32)> = Vec::new();
    let mut section = None;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(sink, line.number, "the line is not UTF-8");
            continue;
        };
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = Some(name);
            continue;
        }
        let list = match section {
            Some("full_requires") => &mut full,
            Some("requires") => &mut plain,
            _ => continue,
        };
        match reference::parse(text) {
            Some((name, version)) => list.push((name.to_owned(), version.to_owned(), line.number)),
            None => broken.report(sink, line.number, "the line is not `NAME/VERSION`"),
        }
    }
    // What is left out of an id is written `1.Y.Z`.
    plain.retain(|(_, version, _)| !version.contains(['X', 'Y', 'Z']));
    let needed = if full.is_empty() { plain } else { full };
    let mut packages = Packages::new(sink);
    if let Some(mut package) = itself(input.path.as_str()) {
        package.needs = needed
            .iter()
            .map(|(name, version, _)| Need { name: name.clone(), version: Some(version.clone()) })
            .collect();
        packages.add(package);
    }
    for (name, version, line) in &needed {
        let presence = Presence::Described;
        packages.add(declared(Ecosystem::Conan, name, version, presence, Some(*line)));
    }
    packages.finish()?;
    broken.finish()
}

/// The package that a path in the cache of Conan 1 belongs to.
fn itself(path: &str) -> Option<PackageFact> {
    let mut parts = path.rsplit('/').skip(1);
    let (_id, package) = (parts.next()?, parts.next()?);
    let (_channel, _user, version, name) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_cache = package == "package" && parts.next() == Some("data");
    let reference = format!("{name}/{version}");
    let (name, version) = reference::parse(&reference).filter(|_| is_cache)?;
    Some(PackageFact::installed(Ecosystem::Conan, name, version))
}
