//! `Podfile.lock` of CocoaPods: YAML of one shape.
//!
//! Sections begin at the margin. `PODS` lists each pod at two spaces as `- Name (version)`, and what
//! it needs at four. A subspec, `Name/Part`, is a part of the pod of the same version.

use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use std::collections::{BTreeMap, BTreeSet};

/// Pods a lock file of CocoaPods declares, each once whatever parts of it are used.
pub(crate) static PODFILE_LOCK: Extractor = Extractor {
    id: "swift/podfile-lock",
    version: 1,
    title: "CocoaPods lock files",
    spec: "https://guides.cocoapods.org/using/using-cocoapods.html#what-is-podfilelock",
    selects: &[Select::Name("Podfile.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// One pod.
#[derive(Default)]
struct Pod {
    version: String,
    line: u32,
    needs: Vec<Need>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut pods: BTreeMap<String, Pod> = BTreeMap::new();
    let (mut direct, mut local) = (BTreeSet::new(), BTreeSet::new());
    let mut section = String::new();
    let mut open = String::new();
    for line in Lines::new(input.bytes) {
        let text = String::from_utf8_lossy(line.text);
        let inner = text.trim_start_matches(' ');
        let indent = text.len().saturating_sub(inner.len());
        let item = inner.strip_prefix("- ");
        match (indent, section.as_str(), item) {
            _ if inner.is_empty() || inner.starts_with('#') => {}
            (0, ..) => match inner.split_once(':') {
                Some((name, _)) => name.clone_into(&mut section),
                None => broken.report(sink, line.number, "expected the name of a section"),
            },
            (2, "PODS", Some(item)) => match pod(item) {
                Some((name, version)) => {
                    name.clone_into(&mut open);
                    let known = pods.entry(name.to_owned()).or_default();
                    if known.version.is_empty() {
                        version.clone_into(&mut known.version);
                        known.line = line.number;
                    }
                }
                None => broken.report(sink, line.number, "expected `- NAME (VERSION)`"),
            },
            (4, "PODS", Some(item)) => {
                let name = root(plain(item).split(' ').next().unwrap_or_default());
                if let Some(pod) = pods.get_mut(&open).filter(|_| name != open) {
                    pod.needs.push(need(name, None));
                }
            }
            (2, "DEPENDENCIES", Some(item)) => {
                let name = plain(item).split(' ').next().unwrap_or_default();
                direct.insert(root(name).to_owned());
            }
            (2, "EXTERNAL SOURCES", None) => plain(inner).clone_into(&mut open),
            // A folder of the project.
            (4, "EXTERNAL SOURCES", None) if inner.starts_with(":path:") => {
                local.insert(root(&open).to_owned());
            }
            _ => {}
        }
    }
    let mut packages = Packages::new(sink);
    for (name, pod) in pods.into_iter().filter(|(name, _)| !local.contains(name)) {
        let (presence, line) = (Presence::Declared, Some(pod.line));
        let mut package = declared(Ecosystem::Cocoapods, &name, &pod.version, presence, line);
        package.direct = (!direct.is_empty()).then(|| direct.contains(&name));
        package.needs = needs(pod.needs);
        packages.add(package);
    }
    broken.finish()?;
    packages.finish()
}

/// Pod and version of `Name/Part (1.0.0):`.
fn pod(item: &str) -> Option<(&str, &str)> {
    let (name, rest) = plain(item).split_once(" (")?;
    let version = rest.strip_suffix(')')?;
    (!name.is_empty()).then_some((root(name), version))
}

/// An item without the quotes and the colon YAML puts around it.
fn plain(item: &str) -> &str {
    item.trim_end_matches(':').trim_matches('"')
}

/// The pod a subspec is a part of.
fn root(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}
