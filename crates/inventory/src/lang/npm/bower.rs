//! `.bower.json`, which Bower leaves in each package it has installed.

use super::license;
use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages Bower has installed.
pub(crate) static BOWER: Extractor = Extractor {
    id: "npm/bower",
    version: 1,
    title: "Installed Bower packages",
    spec: "https://github.com/bower/spec/blob/master/json.md",
    selects: &[Select::Name(".bower.json")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let (mut name, mut version, mut release, mut raw_license) = (None, None, None, None);
    let mut required = Vec::new();
    json.entries(|key, value| match key {
        "name" => name = string(value),
        "version" => version = string(value).map(|text| (text, json.line(value))),
        // What Bower has installed, where the package itself has no version.
        "_release" => release = string(value).map(|text| (text, json.line(value))),
        "license" => raw_license = Some(value),
        "dependencies" => entries(value, |name, _| required.push(need(name, None))),
        _ => {}
    })?;
    let Some(name) = name else {
        return Err(ParseError::new("no name of a Bower package"));
    };
    // A package without any release is at a commit nobody wrote down.
    let Some((version, line)) = version.or(release) else { return Ok(()) };
    let mut package = declared(Ecosystem::Bower, &name, &version, Presence::Installed, line);
    package.licenses = license::licenses(raw_license);
    package.needs = needs(required);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
