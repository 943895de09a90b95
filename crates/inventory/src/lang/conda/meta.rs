//! `conda-meta/NAME-VERSION-BUILD.json`: what Conda, Mamba and Pixi write for each installed package.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages installed in a Conda environment.
pub(crate) static META: Extractor = Extractor {
    id: "conda/meta",
    version: 1,
    title: "Installed Conda packages",
    spec: "https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html",
    selects: &[Select::Tail("conda-meta/*.json")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let (mut name, mut version, mut license) = (None, None, None);
    let mut depends = Vec::new();
    json.entries(|key, value| match key {
        "name" => name = string(value),
        "version" => version = string(value).map(|text| (text, json.line(value))),
        "license" => license = string(value).filter(|license| !license.is_empty()),
        "depends" => items(value, |item| depends.extend(string(item))),
        _ => {}
    })?;
    let (name, (version, line)) = match (name, version) {
        (Some(name), Some(version)) => (name, version),
        // Other programs may keep files of their own here.
        (None, None) => return Ok(()),
        _ => return Err(ParseError::new("no name or no version of a package")),
    };
    let mut package = declared(Ecosystem::Conda, &name, &version, Presence::Installed, line);
    package.licenses.extend(license);
    // A dependency is a name, then what its version and build must match.
    let names = depends.iter().filter_map(|spec| spec.split_whitespace().next());
    package.needs = needs(names.map(|name| need(name, None)));
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
