//! `conan.lock`: what Conan is to install.
//!
//! Conan 1 writes a graph of numbered nodes, of which those without a reference, or with a path,
//! are the project; Conan 2 writes lists of references.

use super::reference;
use crate::lang::declared::{Packages, declared, dev};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

/// Packages a Conan lock file declares.
pub(crate) static CONAN_LOCK: Extractor = Extractor {
    id: "cpp/conan-lock",
    version: 1,
    title: "Conan lock files",
    spec: "https://docs.conan.io/2/tutorial/versioning/lockfiles.html",
    selects: &[Select::Name("conan.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut nodes = BTreeMap::new();
    let mut packages = Packages::new(sink);
    let mut malformed = 0_usize;
    json.entries(|key, value| match key {
        "graph_lock" => entries(value, |key, value| {
            if key == "nodes" {
                entries(value, |number, node| {
                    nodes.insert(number.to_owned(), Node::new(node));
                });
            }
        }),
        "requires" | "build_requires" | "python_requires" | "config_requires" => {
            items(value, |value| {
                let text = string(value).unwrap_or_default();
                let Some((name, version)) = reference::parse(&text) else {
                    malformed = malformed.saturating_add(1);
                    return;
                };
                // All but these are used by Conan itself, or for building.
                let presence = dev(key != "requires");
                let line = json.line(value);
                packages.add(declared(Ecosystem::Conan, name, version, presence, line));
            });
        }
        _ => {}
    })?;
    let roots = nodes.values().filter(|node| node.reference.is_none());
    let direct: HashSet<&str> =
        roots.clone().flat_map(|node| &node.requires).map(String::as_str).collect();
    let has_root = roots.count() > 0;
    for (number, node) in &nodes {
        let Some((text, raw)) = &node.reference else { continue };
        let Some((name, version)) = reference::parse(text) else {
            malformed = malformed.saturating_add(1);
            continue;
        };
        let line = json.line(raw);
        let mut package = declared(Ecosystem::Conan, name, version, dev(node.is_build), line);
        package.direct = has_root.then(|| direct.contains(number.as_str()));
        let needed = node.requires.iter().filter_map(|number| nodes.get(number));
        package.needs = needed
            .filter_map(|node| reference::parse(&node.reference.as_ref()?.0))
            .map(|(name, version)| Need {
                name: name.to_owned(),
                version: Some(version.to_owned()),
            })
            .collect();
        packages.add(package);
    }
    packages.finish()?;
    match malformed {
        0 => Ok(()),
        count => Err(ParseError::new(format!("{count} malformed references"))),
    }
}

/// A node of a graph of Conan 1.
#[derive(Default)]
struct Node<'a> {
    reference: Option<(String, &'a RawValue)>,
    requires: Vec<String>,
    is_build: bool,
}

impl<'a> Node<'a> {
    fn new(fields: &'a RawValue) -> Self {
        let mut node = Self::default();
        let mut is_project = false;
        entries(fields, |key, value| match key {
            "ref" | "pref" if node.reference.is_none() => {
                node.reference = string(value).map(|text| (text, value));
            }
            "path" => is_project = true,
            "requires" | "build_requires" => {
                items(value, |value| node.requires.extend(string(value)));
            }
            "context" => node.is_build = value.get() == "\"build\"",
            _ => {}
        });
        // The project's own reference has no version, or an empty one.
        let is_package = |(text, _): &(String, &RawValue)| reference::parse(text).is_some();
        if is_project || !node.reference.as_ref().is_some_and(is_package) {
            node.reference = None;
        }
        node
    }
}
