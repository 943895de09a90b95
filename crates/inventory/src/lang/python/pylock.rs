//! `pylock.toml`, the lock file all of Python's installers share (PEP 751).

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

/// Projects a `pylock.toml` declares.
pub(crate) static PYLOCK: Extractor = Extractor {
    id: "python/pylock",
    version: 2,
    title: "Python lock files",
    spec: "https://packaging.python.org/en/latest/specifications/pylock-toml/",
    selects: &[Select::Affix("pylock.", "toml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Lock {
    /// What makes it a lock file.
    #[serde(rename = "lock-version")]
    _version: String,
    #[serde(default)]
    packages: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    /// Absent where it is not known before the project is built.
    version: Option<Spanned<String>>,
    /// A folder of the project.
    directory: Option<IgnoredAny>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

/// What another package is told apart by; a version where the name is not enough.
#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (lock, places) = parse::<Lock>(input.bytes)?;
    let mut packages = Packages::new(sink);
    for one in lock.packages.iter().filter(|one| one.directory.is_none()) {
        let Some(version) = &one.version else { continue };
        let line = places.line(version.span().start);
        let presence = Presence::Declared;
        let mut package = declared(Ecosystem::Pypi, &one.name, version.get_ref(), presence, line);
        let needed = one.dependencies.iter();
        package.needs = needs(needed.map(|one| need(&one.name, one.version.as_deref())));
        packages.add(package);
    }
    packages.finish()
}
