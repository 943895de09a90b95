//! `poetry.lock`.

use crate::lang::declared::{Packages, declared, dev, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Projects a Poetry lock file declares. Which are for development is said by versions before 1.5
/// and from 2.0 on.
pub(crate) static POETRY_LOCK: Extractor = Extractor {
    id: "python/poetry-lock",
    version: 2,
    title: "Poetry lock files",
    spec: "https://python-poetry.org/docs/basic-usage/",
    selects: &[Select::Name("poetry.lock")],
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
    version: Spanned<String>,
    category: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    source: Option<Source>,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Source {
    r#type: Option<String>,
}

impl Locked {
    fn is_dev(&self) -> bool {
        let in_group = !self.groups.is_empty() && !self.groups.iter().any(|group| group == "main");
        in_group || self.category.as_deref() == Some("dev")
    }

    /// Whether it is a folder of the project.
    fn is_local(&self) -> bool {
        let kind = self.source.as_ref().and_then(|source| source.r#type.as_deref());
        kind == Some("directory")
    }
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (lock, places) = parse::<Lock>(input.bytes)?;
    let mut packages = Packages::new(sink);
    for one in lock.package.iter().filter(|one| !one.is_local()) {
        let line = places.line(one.version.span().start);
        let (version, presence) = (one.version.get_ref(), dev(one.is_dev()));
        let mut package = declared(Ecosystem::Pypi, &one.name, version, presence, line);
        package.needs = needs(one.dependencies.keys().map(|name| need(name, None)));
        packages.add(package);
    }
    packages.finish()
}
