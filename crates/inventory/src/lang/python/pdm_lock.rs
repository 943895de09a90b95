//! `pdm.lock`.

use super::name_of;
use crate::lang::declared::{Packages, declared, dev, need, needs};
use crate::lang::toml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde::Deserialize;
use toml::Spanned;

/// Projects a PDM lock file declares.
pub(crate) static PDM_LOCK: Extractor = Extractor {
    id: "python/pdm-lock",
    version: 2,
    title: "PDM lock files",
    spec: "https://pdm-project.org/latest/usage/lockfile/",
    selects: &[Select::Name("pdm.lock")],
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
    #[serde(default)]
    groups: Vec<String>,
    /// A folder or file of the project.
    path: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Locked {
    /// Groups may be extras as well as groups for development, and the file does not tell them
    /// apart; `dev` is the name PDM itself gives to the latter.
    fn is_dev(&self) -> bool {
        !self.groups.is_empty() && self.groups.iter().all(|group| group == "dev")
    }
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (lock, places) = parse::<Lock>(input.bytes)?;
    let mut packages = Packages::new(sink);
    for one in lock.package.iter().filter(|one| one.path.is_none()) {
        let line = places.line(one.version.span().start);
        let (version, presence) = (one.version.get_ref(), dev(one.is_dev()));
        let mut package = declared(Ecosystem::Pypi, &one.name, version, presence, line);
        let names = one.dependencies.iter().filter_map(|spec| name_of(spec));
        package.needs = needs(names.map(|name| need(name, None)));
        packages.add(package);
    }
    packages.finish()
}
