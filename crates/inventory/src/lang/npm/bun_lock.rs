//! `bun.lock`, the text form of Bun's lock file: JSON with commas behind last elements.
//!
//! `packages` maps a place in `node_modules` to an array: `NAME@VERSION`, then what depends on its
//! kind. Which packages are for development follows from `workspaces` and each package's own
//! dependencies.

use super::{in_modules, loose_json};
use crate::lang::declared::{Packages, declared, dev, document, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Packages a Bun lock file declares.
pub(crate) static BUN_LOCK: Extractor = Extractor {
    id: "npm/bun-lock",
    version: 3,
    title: "Bun lock files",
    spec: "https://bun.com/docs/pm/lockfile",
    selects: &[Select::Name("bun.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

/// Dependencies that are installed where a package is used.
const PRODUCTION: [&str; 3] = ["dependencies", "optionalDependencies", "peerDependencies"];

/// What a version begins with that is a folder or file of the project.
const LOCAL: [&str; 5] = ["workspace:", "link:", "file:", "root:", "."];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
        return Ok(());
    }
    let text = loose_json(document(input.bytes)?);
    let json = Json::of_text(&text);
    let mut lock = Lock::default();
    json.entries(|key, value| match key {
        "lockfileVersion" => lock.has_version = value.get().parse::<u32>().is_ok(),
        "workspaces" => entries(value, |folder, workspace| {
            lock.roots.push(Workspace::read(folder, workspace));
        }),
        "packages" => entries(value, |place, entry| {
            lock.packages.insert(place.to_owned(), Locked::read(entry));
        }),
        _ => {}
    })?;
    if !lock.has_version {
        return Err(ParseError::new("`lockfileVersion` is not a number"));
    }
    let production = lock.reached();
    let direct = lock.direct();
    let mut packages = Packages::new(sink);
    for (place, locked) in &lock.packages {
        let Some((raw, descriptor)) = &locked.descriptor else { continue };
        let Some((name, version)) = split(descriptor) else { continue };
        if LOCAL.iter().any(|local| version.starts_with(local)) {
            continue;
        }
        let presence = dev(!production.contains(place.as_str()));
        let mut package = declared(Ecosystem::Npm, name, version, presence, json.line(raw));
        package.direct = Some(direct.contains(place.as_str()));
        package.needs = needs(locked.dependencies.iter().filter_map(|name| {
            let found = lock.packages.get(lock.find(place, name)?)?;
            let (name, version) = split(&found.descriptor.as_ref()?.1)?;
            Some(need(name, Some(version)))
        }));
        packages.add(package);
    }
    packages.finish()
}

#[derive(Default)]
struct Lock<'a> {
    has_version: bool,
    roots: Vec<Workspace>,
    packages: BTreeMap<String, Locked<'a>>,
}

/// One project, and what it needs other than for development.
#[derive(Default)]
struct Workspace {
    /// Its place among the packages; that of the outermost project is empty.
    place: String,
    dependencies: Vec<String>,
    /// What it needs for development only.
    development: Vec<String>,
}

impl Workspace {
    fn read(folder: &str, workspace: &RawValue) -> Self {
        let mut read = Self::default();
        entries(workspace, |key, value| match key {
            "name" if !folder.is_empty() => read.place = string(value).unwrap_or_default(),
            key if PRODUCTION.contains(&key) => {
                entries(value, |name, _| read.dependencies.push(name.to_owned()));
            }
            "devDependencies" => {
                entries(value, |name, _| read.development.push(name.to_owned()));
            }
            _ => {}
        });
        read
    }
}

#[derive(Default)]
struct Locked<'a> {
    /// `NAME@VERSION`, and its place in the text.
    descriptor: Option<(&'a RawValue, String)>,
    dependencies: Vec<String>,
}

impl<'a> Locked<'a> {
    fn read(entry: &'a RawValue) -> Self {
        let mut locked = Self::default();
        items(entry, |item| {
            if locked.descriptor.is_none() {
                locked.descriptor = string(item).map(|text| (item, text));
            } else {
                entries(item, |key, value| {
                    if PRODUCTION.contains(&key) {
                        entries(value, |name, _| locked.dependencies.push(name.to_owned()));
                    }
                });
            }
        });
        locked
    }
}

impl Lock<'_> {
    /// The places of packages that projects need other than for development.
    fn reached(&self) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = Vec::new();
        for workspace in &self.roots {
            let dependencies = workspace.dependencies.iter();
            open.extend(dependencies.filter_map(|name| self.find(&workspace.place, name)));
        }
        while let Some(place) = open.pop() {
            if !seen.insert(place) {
                continue;
            }
            let Some(locked) = self.packages.get(place) else { continue };
            open.extend(locked.dependencies.iter().filter_map(|name| self.find(place, name)));
        }
        seen
    }

    /// The places of packages that projects name themselves.
    fn direct(&self) -> BTreeSet<&str> {
        let named = self.roots.iter().flat_map(|workspace| {
            let names = workspace.dependencies.iter().chain(&workspace.development);
            names.filter_map(|name| self.find(&workspace.place, name))
        });
        named.collect()
    }

    /// Where Node.js finds a package from inside another: below it, or below one around it.
    fn find(&self, from: &str, name: &str) -> Option<&str> {
        let mut around = from;
        loop {
            let place =
                if around.is_empty() { name.to_owned() } else { format!("{around}/{name}") };
            if let Some((place, _)) = self.packages.get_key_value(&place) {
                return Some(place);
            }
            if around.is_empty() {
                return None;
            }
            around = around.rsplit_once('/').map_or("", |(around, _)| around);
        }
    }
}

/// Splits `NAME@VERSION` and `@SCOPE/NAME@VERSION`.
fn split(descriptor: &str) -> Option<(&str, &str)> {
    let at = descriptor.get(1..)?.find('@')?.checked_add(1)?;
    let (name, version) = descriptor.split_at_checked(at)?;
    Some((name, version.get(1..)?.strip_prefix("npm:").unwrap_or(version.get(1..)?)))
}
