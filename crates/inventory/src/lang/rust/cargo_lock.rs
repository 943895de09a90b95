//! `Cargo.lock`, versions 1 to 4.
//!
//! The versions differ in how dependencies are written, not in what names a package: its name, its
//! version and, unless it lies in the workspace, its source.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// Crates a lock file of Cargo declares. It does not say which are for development or for building
/// only.
pub(crate) static CARGO_LOCK: Extractor = Extractor {
    id: "rust/cargo-lock",
    version: 2,
    title: "Cargo lock files",
    spec: "https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html",
    selects: &[Select::Name("Cargo.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Spanned<String>,
    source: Option<String>,
    /// `NAME`, `NAME VERSION` where there are several, and the source behind these.
    #[serde(default)]
    dependencies: Vec<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (lock, places) = parse::<Lock>(input.bytes)?;
    let projects = lock.package.iter().filter(|one| one.source.is_none());
    let direct: BTreeSet<Need> = projects
        .flat_map(|one| one.dependencies.iter().filter_map(|text| dependency(text)))
        .collect();
    let mut packages = Packages::new(sink);
    // Without a source it is a part of the project, whose name says nothing about crates.io.
    for one in lock.package.iter().filter(|one| one.source.is_some()) {
        let line = places.line(one.version.span().start);
        let version = one.version.get_ref();
        let mut package = declared(Ecosystem::Cargo, &one.name, version, Presence::Declared, line);
        package.direct = (!direct.is_empty()).then(|| named(&direct, &one.name, version));
        package.needs = needs(one.dependencies.iter().filter_map(|text| dependency(text)));
        packages.add(package);
    }
    packages.finish()
}

/// Whether a set has a crate, by its name alone or with its version.
fn named(set: &BTreeSet<Need>, name: &str, version: &str) -> bool {
    set.contains(&need(name, None)) || set.contains(&need(name, Some(version)))
}

fn dependency(text: &str) -> Option<Need> {
    let mut words = text.split(' ');
    Some(need(words.next()?, words.next()))
}
