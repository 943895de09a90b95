//! `uv.lock`.
//!
//! The projects of the workspace are packages of the file too; what only their dependency groups
//! need is for development.

use crate::lang::declared::{Packages, declared, dev, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Projects a lock file of uv declares.
pub(crate) static UV_LOCK: Extractor = Extractor {
    id: "python/uv-lock",
    version: 2,
    title: "uv lock files",
    spec: "https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile",
    selects: &[Select::Name("uv.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
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
    /// Absent where the project computes it.
    version: Option<Spanned<String>>,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default, rename = "optional-dependencies")]
    optional: BTreeMap<String, Vec<Dependency>>,
    /// Dependency groups, of projects of the workspace.
    #[serde(default, rename = "dev-dependencies")]
    development: BTreeMap<String, Vec<Dependency>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Written where there are several.
    version: Option<String>,
}

/// Where a package is from; those of the workspace lie in a folder.
#[derive(Default, Deserialize)]
struct Source {
    r#virtual: Option<String>,
    editable: Option<String>,
    directory: Option<String>,
}

impl Source {
    fn is_local(&self) -> bool {
        self.r#virtual.is_some() || self.editable.is_some() || self.directory.is_some()
    }
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (lock, places) = parse::<Lock>(input.bytes)?;
    let production = reached(&lock.package);
    let direct: BTreeSet<&str> = lock
        .package
        .iter()
        .filter(|one| one.source.is_local())
        .flat_map(|one| {
            let groups = one.optional.values().chain(one.development.values()).flatten();
            one.dependencies.iter().chain(groups).map(|needed| &*needed.name)
        })
        .collect();
    let mut packages = Packages::new(sink);
    for one in lock.package.iter().filter(|one| !one.source.is_local()) {
        let Some(version) = &one.version else { continue };
        let line = places.line(version.span().start);
        let presence = dev(production.as_ref().is_some_and(|names| !names.contains(&*one.name)));
        let mut package = declared(Ecosystem::Pypi, &one.name, version.get_ref(), presence, line);
        package.direct = production.is_some().then(|| direct.contains(&*one.name));
        let needed = one.dependencies.iter().chain(one.optional.values().flatten());
        package.needs = needs(needed.map(|one| need(&one.name, one.version.as_deref())));
        packages.add(package);
    }
    packages.finish()
}

/// The names of what the projects need other than for development; nothing if the file names no
/// project.
fn reached(packages: &[Locked]) -> Option<BTreeSet<&str>> {
    let mut by_name: BTreeMap<&str, Vec<&Locked>> = BTreeMap::new();
    for one in packages {
        by_name.entry(&one.name).or_default().push(one);
    }
    let mut open: Vec<&str> =
        packages.iter().filter(|one| one.source.is_local()).map(|one| &*one.name).collect();
    if open.is_empty() {
        return None;
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        for one in by_name.get(name).into_iter().flatten() {
            let optional = one.optional.values().flatten();
            open.extend(one.dependencies.iter().chain(optional).map(|needed| &*needed.name));
        }
    }
    Some(seen)
}
