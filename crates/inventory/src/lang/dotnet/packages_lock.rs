//! `packages.lock.json` of NuGet: packages by target framework, each with what it needs.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Packages a NuGet lock file declares.
pub(crate) static PACKAGES_LOCK: Extractor = Extractor {
    id: "dotnet/packages-lock",
    version: 2,
    title: "NuGet lock files",
    spec: "https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files",
    selects: &[Select::Name("packages.lock.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// A package as the frameworks of a project have it, all of them together.
struct Locked {
    line: Option<u32>,
    is_direct: bool,
    needs: BTreeSet<String>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut order: Vec<(String, String)> = Vec::new();
    let mut locked: HashMap<(String, String), Locked> = HashMap::new();
    let outcome = json.entries(|key, frameworks| {
        if key != "dependencies" {
            return;
        }
        entries(frameworks, |_, framework| {
            entries(framework, |name, fields| {
                let (mut version, mut kind) = (None, None);
                let mut needs = BTreeSet::new();
                entries(fields, |key, value| match key {
                    "resolved" => version = string(value).map(|text| (text, json.line(value))),
                    "type" => kind = string(value),
                    "dependencies" => entries(value, |name, _| {
                        needs.insert(name.to_owned());
                    }),
                    _ => {}
                });
                let Some((version, line)) = version.filter(|_| kind.as_deref() != Some("Project"))
                else {
                    return;
                };
                let is_direct = kind.as_deref() == Some("Direct");
                match locked.entry((name.to_owned(), version)) {
                    Entry::Occupied(mut entry) => {
                        let known = entry.get_mut();
                        known.is_direct |= is_direct;
                        known.needs.append(&mut needs);
                    }
                    Entry::Vacant(entry) => {
                        order.push(entry.key().clone());
                        entry.insert(Locked { line, is_direct, needs });
                    }
                }
            });
        });
    });
    let mut packages = Packages::new(sink);
    for key in order {
        let Some(Locked { line, is_direct, needs }) = locked.remove(&key) else { continue };
        let mut package = declared(Ecosystem::Nuget, &key.0, &key.1, Presence::Declared, line);
        package.direct = Some(is_direct);
        package.needs = needs.into_iter().map(|name| Need { name, version: None }).collect();
        packages.add(package);
    }
    packages.finish()?;
    outcome
}
