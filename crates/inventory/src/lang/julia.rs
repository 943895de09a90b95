//! `Manifest.toml` of Julia, formats 1 and 2.
//!
//! Format 2 lists packages below `deps`, format 1 at the top; each name is an array, since two
//! packages may share it. `deps` of a package is a list of names, or a table where names are not
//! enough.

use super::declared::{Packages, declared, need, needs};
use super::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// Packages a manifest of Julia declares. Its standard library has no versions of its own before
/// Julia 1.8, and is left out where it has none.
pub(crate) static MANIFEST: Extractor = Extractor {
    id: "julia/manifest",
    version: 1,
    title: "Julia manifests",
    spec: "https://pkgdocs.julialang.org/v1/toml-files/#Manifest.toml",
    selects: &[
        Select::Name("Manifest.toml"),
        Select::Name("JuliaManifest.toml"),
        Select::Affix("Manifest-v", ".toml"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    deps: BTreeMap<String, Entries>,
    #[serde(flatten)]
    others: BTreeMap<String, Other>,
}

/// Anything at the top of a manifest; in format 1 that is where packages are.
#[derive(Deserialize)]
#[serde(untagged)]
enum Other {
    Packages(Vec<Old>),
    Else(IgnoredAny),
}

type Entries = Vec<Entry>;

#[derive(Deserialize)]
struct Entry {
    uuid: Option<String>,
    version: Option<Spanned<String>>,
    /// A folder of the project.
    path: Option<String>,
    deps: Option<Value>,
}

/// A package of format 1, whose place is lost behind the untagged value.
#[derive(Deserialize)]
struct Old {
    uuid: String,
    version: Option<String>,
    path: Option<String>,
    deps: Option<Value>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (manifest, places) = parse::<Manifest>(input.bytes)?;
    let mut packages = Packages::new(sink);
    let mut add = |name: &str, version: &str, line, deps: Option<&Value>| {
        let mut package = declared(Ecosystem::Julia, name, version, Presence::Declared, line);
        package.needs = needs(names_of(deps).into_iter().map(|name| need(name, None)));
        packages.add(package);
    };
    for (name, entries) in &manifest.deps {
        for entry in entries.iter().filter(|entry| entry.path.is_none() && entry.uuid.is_some()) {
            if let Some(version) = &entry.version {
                let line = places.line(version.span().start);
                add(name, version.get_ref(), line, entry.deps.as_ref());
            }
        }
    }
    for (name, other) in &manifest.others {
        let Other::Packages(entries) = other else { continue };
        for Old { uuid, version, path, deps } in entries {
            if let Some(version) = version.as_ref().filter(|_| path.is_none() && !uuid.is_empty()) {
                add(name, version, None, deps.as_ref());
            }
        }
    }
    packages.finish()
}

/// The names in `deps`.
fn names_of(deps: Option<&Value>) -> Vec<&str> {
    match deps {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::Table(names)) => names.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}
