//! `renv.lock`.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde_json::value::RawValue;

/// Packages a lock file of renv declares.
pub(crate) static RENV_LOCK: Extractor = Extractor {
    id: "r/renv-lock",
    version: 1,
    title: "renv lock files",
    spec: "https://rstudio.github.io/renv/articles/lockfile.html",
    selects: &[Select::Name("renv.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, value| {
        if key == "Packages" {
            entries(value, |name, package| add(name, package, &json, &mut packages));
        }
    })?;
    packages.finish()
}

fn add(key: &str, locked: &RawValue, json: &Json<'_>, packages: &mut Packages<'_, '_>) {
    let (mut name, mut version, mut required) = (None, None, Vec::new());
    entries(locked, |key, value| match key {
        "Package" => name = string(value),
        "Version" => version = string(value).map(|text| (text, json.line(value))),
        // Newer versions copy the fields of the package instead.
        "Requirements" | "Depends" | "Imports" | "LinkingTo" => {
            items(value, |item| required.extend(string(item)));
        }
        _ => {}
    });
    let Some((version, line)) = version else { return };
    let name = name.as_deref().unwrap_or(key);
    let mut package = declared(Ecosystem::Cran, name, &version, Presence::Declared, line);
    let names = required.iter().filter_map(|spec| spec.split(['(', ' ']).next());
    package.needs = needs(names.filter(|name| *name != "R").map(|name| need(name, None)));
    packages.add(package);
}
