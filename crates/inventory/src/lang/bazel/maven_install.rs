//! `maven_install.json` of Bazel's `rules_jvm_external`.
//!
//! Version 2 has `artifacts` from `group:artifact`, with packaging and classifier behind them where
//! these are not the usual ones, and `dependencies` between such keys. Versions before list
//! `dependency_tree.dependencies` with whole coordinates.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Java packages that a project built with Bazel has locked.
pub(crate) static MAVEN_INSTALL: Extractor = Extractor {
    id: "bazel/maven-install",
    version: 1,
    title: "Java lock files of Bazel",
    spec: "https://github.com/bazel-contrib/rules_jvm_external/blob/master/docs/api.md",
    selects: &[Select::Suffix("maven_install.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    let mut artifacts = Vec::new();
    let mut required: HashMap<String, Vec<Need>> = HashMap::new();
    json.entries(|key, value| match key {
        "artifacts" => entries(value, |key, artifact| {
            entries(artifact, |field, value| {
                if field == "version"
                    && let (Some(name), Some(version)) = (name_of(key), string(value))
                {
                    artifacts.push((name, version, json.line(value)));
                }
            });
        }),
        "dependencies" => entries(value, |key, list| {
            let Some(name) = name_of(key) else { return };
            let needed = required.entry(name).or_default();
            items(list, |item| {
                let name = string(item).and_then(|key| name_of(&key));
                needed.extend(name.map(|name| need(&name, None)));
            });
        }),
        "dependency_tree" => entries(value, |key, list| {
            if key == "dependencies" {
                items(list, |item| old(item, &json, &mut packages));
            }
        }),
        _ => {}
    })?;
    for (name, version, line) in artifacts {
        let mut package = declared(Ecosystem::Maven, &name, &version, Presence::Declared, line);
        // Of an artifact with several classifiers one entry is enough to say it.
        package.needs = needs(required.remove(&name).into_iter().flatten());
        packages.add(package);
    }
    packages.finish()
}

/// A dependency of the older form.
fn old(item: &RawValue, json: &Json<'_>, packages: &mut Packages<'_, '_>) {
    let (mut coordinates, mut required) = (None, Vec::new());
    entries(item, |key, value| match key {
        "coord" => coordinates = string(value).map(|text| (text, json.line(value))),
        "directDependencies" => items(value, |item| {
            let text = string(item).unwrap_or_default();
            if let (Some(name), Some((_, version))) = (name_of(&text), text.rsplit_once(':')) {
                required.push(need(&name, Some(version)));
            }
        }),
        _ => {}
    });
    let Some((text, line)) = coordinates else { return };
    if let (Some(name), Some((_, version))) = (name_of(&text), text.rsplit_once(':')) {
        let mut package = declared(Ecosystem::Maven, &name, version, Presence::Declared, line);
        package.needs = needs(required);
        packages.add(package);
    }
}

/// `group:artifact` of coordinates. Sources and documentation are no packages.
fn name_of(coordinates: &str) -> Option<String> {
    let mut parts = coordinates.split(':');
    let (group, artifact) = (parts.next()?, parts.next()?);
    let is_code = parts.all(|part| part != "sources" && part != "javadoc");
    is_code.then(|| format!("{group}:{artifact}"))
}
