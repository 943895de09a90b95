//! `Package.resolved` of Swift's package manager, versions 1 to 3.
//!
//! Version 1 lists `object.pins` with a `repositoryURL`, later ones `pins` with a `location`. A pin
//! of a registry has no location; its identity is `scope.name`.

use super::repository_name;
use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde_json::value::RawValue;

/// Packages a Swift project has resolved. A package without a version is at a commit.
pub(crate) static PACKAGE_RESOLVED: Extractor = Extractor {
    id: "swift/package-resolved",
    version: 1,
    title: "Swift lock files",
    spec: "https://github.com/swiftlang/swift-package-manager/blob/main/Sources/PackageGraph/ResolvedPackagesStore.swift",
    selects: &[Select::Name("Package.resolved"), Select::Name(".package.resolved")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, value| match key {
        "pins" => items(value, |pin| add(pin, &json, &mut packages)),
        "object" => entries(value, |key, pins| {
            if key == "pins" {
                items(pins, |pin| add(pin, &json, &mut packages));
            }
        }),
        _ => {}
    })?;
    packages.finish()
}

fn add(pin: &RawValue, json: &Json<'_>, packages: &mut Packages<'_, '_>) {
    let (mut location, mut identity) = (None, None);
    let (mut version, mut revision) = (None, None);
    entries(pin, |key, value| match key {
        "location" | "repositoryURL" => location = string(value).filter(|text| !text.is_empty()),
        "identity" | "package" => identity = string(value),
        "state" => entries(value, |key, value| {
            let place = match key {
                "version" => &mut version,
                "revision" => &mut revision,
                _ => return,
            };
            *place = string(value).map(|text| (text, json.line(value)));
        }),
        _ => {}
    });
    let name = match &location {
        Some(location) => Some(repository_name(location).replace(':', "/")),
        None => identity,
    };
    if let (Some(name), Some((version, line))) = (name, version.or(revision)) {
        packages.add(declared(Ecosystem::Swift, &name, &version, Presence::Declared, line));
    }
}
