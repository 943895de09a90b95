//! `deno.lock` and `deno.json`: packages of JSR and npm.
//!
//! Versions 4 and 5 of the lock file have `specifiers`, `jsr` and `npm` at the top; version 3 has
//! them below `packages`, and version 2 `packages` and `specifiers` below `npm`. Keys of npm are
//! `NAME@VERSION`, with `_PEER@VERSION` behind where peers differ.

use super::{in_modules, loose_json};
use crate::lang::declared::{Packages, declared, document, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Packages a lock file of Deno declares. Modules from an address have no name.
pub(crate) static DENO_LOCK: Extractor = Extractor {
    id: "npm/deno-lock",
    version: 2,
    title: "Deno lock files",
    spec: "https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files",
    selects: &[Select::Name("deno.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run: run_lock,
};

/// Packages whose whole version the imports of a Deno project name.
pub(crate) static DENO_JSON: Extractor = Extractor {
    id: "npm/deno-json",
    version: 2,
    title: "Deno projects",
    spec: "https://docs.deno.com/runtime/fundamentals/configuration/",
    selects: &[Select::Name("deno.json"), Select::Name("deno.jsonc")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run: run_json,
};

/// One package of the lock file.
struct Locked<'a> {
    ecosystem: Ecosystem,
    name: String,
    version: String,
    place: &'a RawValue,
    /// Specifiers, or keys of other packages.
    required: Vec<String>,
}

#[derive(Default)]
struct Lock<'a> {
    packages: Vec<Locked<'a>>,
    /// From what was asked for to the version, `jsr:@std/fs@1` to `1.0.1`.
    specifiers: BTreeMap<String, String>,
    direct: BTreeSet<String>,
    has_workspace: bool,
}

impl<'a> Lock<'a> {
    fn read(&mut self, key: &str, value: &'a RawValue) {
        match key {
            "specifiers" => entries(value, |specifier, version| {
                if let Some(version) = string(version) {
                    self.specifiers.insert(specifier.to_owned(), version);
                }
            }),
            "jsr" => entries(value, |key, package| self.add(Ecosystem::Jsr, key, package)),
            "npm" => entries(value, |key, package| match key {
                "packages" => {
                    entries(package, |key, package| self.add(Ecosystem::Npm, key, package));
                }
                "specifiers" => {}
                key => self.add(Ecosystem::Npm, key, package),
            }),
            "packages" => entries(value, |key, value| {
                if matches!(key, "specifiers" | "jsr" | "npm") {
                    self.read(key, value);
                }
            }),
            "workspace" => self.workspace(value),
            _ => {}
        }
    }

    /// The specifiers of a project, of its `package.json` and of its members.
    fn workspace(&mut self, value: &'a RawValue) {
        self.has_workspace = true;
        entries(value, |key, value| match key {
            "dependencies" => items(value, |item| self.direct.extend(string(item))),
            "packageJson" => self.workspace(value),
            "members" => entries(value, |_, member| self.workspace(member)),
            _ => {}
        });
    }

    fn add(&mut self, ecosystem: Ecosystem, key: &str, package: &'a RawValue) {
        let Some((name, version)) = name_and_version(key) else { return };
        let mut required = Vec::new();
        entries(package, |key, value| {
            if matches!(key, "dependencies" | "optionalDependencies") {
                items(value, |item| required.extend(string(item)));
                // Version 3 had an object from names to keys.
                entries(value, |_, item| required.extend(string(item)));
            }
        });
        let (name, version) = (name.to_owned(), version.to_owned());
        self.packages.push(Locked { ecosystem, name, version, place: package, required });
    }

    /// What a dependency means: a specifier, `NAME@VERSION`, or a name where there is only one
    /// version.
    fn need(&self, of: Ecosystem, text: &str) -> Option<Need> {
        let (ecosystem, rest) = match text.split_once(':') {
            Some(("jsr", rest)) => (Ecosystem::Jsr, rest),
            Some(("npm", rest)) => (Ecosystem::Npm, rest),
            _ => (of, text),
        };
        if ecosystem != of {
            return None;
        }
        let Some((name, version)) = name_and_version(rest) else { return Some(need(rest, None)) };
        match self.specifiers.get(text) {
            Some(chosen) => {
                // Before version 4 a specifier leads to a whole key.
                let key = chosen.strip_prefix("jsr:").or_else(|| chosen.strip_prefix("npm:"));
                let version = key.and_then(name_and_version).map(|(_, version)| version);
                Some(need(name, Some(version.unwrap_or(without_peers(chosen)))))
            }
            None if text.contains(':') => Some(need(name, None)),
            None => Some(need(name, Some(version))),
        }
    }
}

fn run_lock(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
        return Ok(());
    }
    let json = Json::new(input.bytes)?;
    let mut lock = Lock::default();
    json.entries(|key, value| lock.read(key, value))?;
    let direct: BTreeSet<(Ecosystem, Need)> = [Ecosystem::Jsr, Ecosystem::Npm]
        .into_iter()
        .flat_map(|of| lock.direct.iter().map(move |text| (of, text)))
        .filter_map(|(of, text)| Some((of, lock.need(of, text)?)))
        .collect();
    let mut packages = Packages::new(sink);
    for one in &lock.packages {
        let (presence, line) = (Presence::Declared, json.line(one.place));
        let mut package = declared(one.ecosystem, &one.name, &one.version, presence, line);
        let here = [need(&one.name, Some(&one.version)), need(&one.name, None)];
        let is_direct = here.into_iter().any(|here| direct.contains(&(one.ecosystem, here)));
        package.direct = lock.has_workspace.then_some(is_direct);
        package.needs =
            needs(one.required.iter().filter_map(|text| lock.need(one.ecosystem, text)));
        packages.add(package);
    }
    packages.finish()
}

fn run_json(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
        return Ok(());
    }
    let text = loose_json(document(input.bytes)?);
    let json = Json::of_text(&text);
    let mut packages = Packages::new(sink);
    json.entries(|key, value| {
        if key != "imports" {
            return;
        }
        entries(value, |_, target| {
            let specifier = string(target).unwrap_or_default();
            let (ecosystem, rest) = match specifier.split_once(':') {
                Some(("jsr", rest)) => (Ecosystem::Jsr, rest),
                Some(("npm", rest)) => (Ecosystem::Npm, rest),
                _ => return,
            };
            let Some((name, version)) = name_and_version(rest.trim_start_matches('/')) else {
                return;
            };
            // A path inside of the package may follow.
            let version = version.split('/').next().unwrap_or(version);
            let is_whole = version.starts_with(|c: char| c.is_ascii_digit())
                && version
                    .split(['-', '+'])
                    .next()
                    .is_some_and(|core| core.split('.').count() == 3);
            if is_whole {
                let line = json.line(target);
                let mut package = declared(ecosystem, name, version, Presence::Declared, line);
                package.direct = Some(true);
                packages.add(package);
            }
        });
    })?;
    packages.finish()
}

/// Splits `NAME@VERSION`, without the peers behind.
fn name_and_version(key: &str) -> Option<(&str, &str)> {
    let at = key.get(1..)?.find('@')?.checked_add(1)?;
    let (name, version) = key.split_at_checked(at)?;
    Some((name, without_peers(version.get(1..)?)))
}

/// `1.0.0` of `1.0.0_peer@2.0.0`.
fn without_peers(version: &str) -> &str {
    version.split('_').next().unwrap_or(version)
}
