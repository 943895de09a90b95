//! `vcpkg.json`: what a project asks vcpkg for.
//!
//! Only overrides name one version. Everything else is a lowest version, or none, and what is
//! chosen stands in a repository elsewhere; packages that are installed say so themselves.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::collections::HashSet;

/// Packages a vcpkg project has chosen the version of.
pub(crate) static VCPKG_MANIFEST: Extractor = Extractor {
    id: "cpp/vcpkg-manifest",
    version: 1,
    title: "vcpkg projects",
    spec: "https://learn.microsoft.com/vcpkg/reference/vcpkg-json",
    selects: &[Select::Name("vcpkg.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Fields that give a version, by how it is ordered.
const VERSIONS: [&str; 4] = ["version", "version-semver", "version-string", "version-date"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut direct: HashSet<String> = HashSet::new();
    let mut overrides = Vec::new();
    json.entries(|key, value| match key {
        "dependencies" => items(value, |dependency| {
            direct.extend(string(dependency));
            entries(dependency, |key, value| {
                if key == "name" {
                    direct.extend(string(value));
                }
            });
        }),
        "overrides" => items(value, |one| {
            let (mut name, mut version) = (None, None);
            entries(one, |key, value| match key {
                "name" => name = string(value),
                _ if VERSIONS.contains(&key) => {
                    version = string(value).map(|text| (text, json.line(value)));
                }
                _ => {}
            });
            overrides.extend(name.zip(version));
        }),
        _ => {}
    })?;
    let mut packages = Packages::new(sink);
    for (name, (version, line)) in overrides {
        // The version of the port itself is that of no program.
        let version = version.split('#').next().unwrap_or_default();
        let presence = Presence::Declared;
        let mut package = declared(Ecosystem::Generic, &name, version, presence, line);
        package.direct = Some(direct.contains(&name));
        packages.add(package);
    }
    packages.finish()
}
