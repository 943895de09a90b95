//! `project.assets.json`: what NuGet has chosen for a project, by target framework.

use super::is_version;
use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Packages chosen for a .NET project.
pub(crate) static PROJECT_ASSETS: Extractor = Extractor {
    id: "dotnet/project-assets",
    version: 1,
    title: "NuGet project assets",
    spec: "https://learn.microsoft.com/nuget/concepts/package-installation",
    selects: &[Select::Name("project.assets.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut libraries: BTreeMap<String, (Option<u32>, BTreeSet<String>)> = BTreeMap::new();
    let mut direct: HashSet<String> = HashSet::new();
    let mut has_project = false;
    json.entries(|key, value| match key {
        "targets" => entries(value, |_, target| {
            entries(target, |library, fields| {
                let mut is_package = false;
                let mut needs = BTreeSet::new();
                entries(fields, |key, value| match key {
                    "type" => is_package = value.get() == "\"package\"",
                    "dependencies" => entries(value, |name, _| {
                        needs.insert(name.to_owned());
                    }),
                    _ => {}
                });
                if is_package {
                    let line = json.line(fields);
                    let known = libraries.entry(library.to_owned());
                    known.or_insert_with(|| (line, BTreeSet::new())).1.append(&mut needs);
                }
            });
        }),
        "project" => {
            has_project = true;
            entries(value, |key, frameworks| {
                if key != "frameworks" {
                    return;
                }
                entries(frameworks, |_, framework| {
                    entries(framework, |key, dependencies| {
                        if key == "dependencies" {
                            entries(dependencies, |name, _| {
                                direct.insert(name.to_ascii_lowercase());
                            });
                        }
                    });
                });
            });
        }
        _ => {}
    })?;
    let mut packages = Packages::new(sink);
    for (library, (line, needs)) in libraries {
        let Some((name, version)) = library.split_once('/') else { continue };
        if !is_version(version) {
            continue;
        }
        let mut package = declared(Ecosystem::Nuget, name, version, Presence::Declared, line);
        package.direct = has_project.then(|| direct.contains(&name.to_ascii_lowercase()));
        package.needs = needs.into_iter().map(|name| Need { name, version: None }).collect();
        packages.add(package);
    }
    packages.finish()
}
