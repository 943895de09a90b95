//! `manifest.toml` of Gleam.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Packages of Hex that a manifest of Gleam declares.
pub(crate) static GLEAM_MANIFEST: Extractor = Extractor {
    id: "erlang/gleam-manifest",
    version: 1,
    title: "Gleam lock files",
    spec: "https://gleam.run/documentation/",
    selects: &[Select::Name("manifest.toml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    packages: Vec<Locked>,
    /// What the project itself requires.
    #[serde(default)]
    requirements: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Spanned<String>,
    #[serde(default)]
    requirements: Vec<String>,
    /// `hex`, `git` or `local`.
    #[serde(default)]
    source: String,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (manifest, places) = parse::<Manifest>(input.bytes)?;
    let mut packages = Packages::new(sink);
    for one in manifest.packages.iter().filter(|one| one.source == "hex") {
        let line = places.line(one.version.span().start);
        let (version, presence) = (one.version.get_ref(), Presence::Declared);
        let mut package = declared(Ecosystem::Hex, &one.name, version, presence, line);
        package.direct = Some(manifest.requirements.contains_key(&one.name));
        package.needs = needs(one.requirements.iter().map(|name| need(name, None)));
        packages.add(package);
    }
    packages.finish()
}
