//! `pnpm-lock.yaml`, versions 5 to 9.
//!
//! Each package is a key under `packages`: `/name/1.0.0_peers` in version 5, `/name@1.0.0(peers)` in
//! version 6 and `name@1.0.0` in version 9. Up to version 6 the entry says whether it is for
//! development; in version 9 that follows from the graph under `importers` and `snapshots`.

use super::in_modules;
use crate::lang::declared::{Packages, declared, dev, need, needs};
use crate::lang::yaml_file;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Packages a pnpm lock file declares.
pub(crate) static PNPM_LOCK: Extractor = Extractor {
    id: "npm/pnpm-lock",
    version: 3,
    title: "pnpm lock files",
    spec: "https://github.com/pnpm/spec/tree/master/lockfile",
    selects: &[Select::Name("pnpm-lock.yaml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
        return Ok(());
    }
    // Since version 11 a document about pnpm itself may come first.
    let locks: Vec<Lock> = yaml_file::parse_all(input.bytes, "lock file of pnpm")?;
    let mut packages = Packages::new(sink);
    for lock in &locks {
        let production = lock.snapshots.as_ref().map(|snapshots| reached(lock, snapshots));
        let direct: BTreeSet<Need> = lock.direct().collect();
        let has_direct = !direct.is_empty();
        let mut required: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (key, snapshot) in lock.snapshots.iter().flatten() {
            let of_key = snapshot.dependencies.iter().chain(&snapshot.optional);
            let of_key = of_key.map(|(name, version)| (name.as_str(), version.as_str()));
            required.entry(without_peers(key)).or_default().extend(of_key);
        }
        for (key, entry) in &lock.packages.0 {
            let line = u32::try_from(key.referenced.line()).ok();
            let Some((name, version)) = locked(&key.value, entry, lock.is_before_6()) else {
                continue;
            };
            let is_dev = match &production {
                Some(production) => !production.contains(without_peers(&key.value)),
                None => entry.dev,
            };
            let mut package = declared(Ecosystem::Npm, name, version, dev(is_dev), line);
            package.direct = has_direct.then(|| direct.contains(&need(name, Some(version))));
            let of_snapshots = required.get(key.value.as_str()).into_iter().flatten().copied();
            let of_entry = entry.dependencies.iter().chain(&entry.optional);
            let of_entry = of_entry.map(|(name, version)| (name.as_str(), version.as_str()));
            let found = of_snapshots.chain(of_entry);
            package.needs = needs(found.filter_map(|(name, version)| lock.need(name, version)));
            packages.add(package);
        }
    }
    packages.finish()
}

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "lockfileVersion")]
    version: String,
    #[serde(default)]
    importers: BTreeMap<String, Importer>,
    #[serde(default)]
    packages: Entries,
    snapshots: Option<BTreeMap<String, Snapshot>>,
    /// What the only project needs, where there is no `importers`.
    #[serde(default)]
    dependencies: BTreeMap<String, Dependency>,
    #[serde(default, rename = "optionalDependencies")]
    optional: BTreeMap<String, Dependency>,
    #[serde(default, rename = "devDependencies")]
    development: BTreeMap<String, Dependency>,
}

impl Lock {
    /// Whether keys are written `/name/version`.
    fn is_before_6(&self) -> bool {
        let major = self.version.split('.').next().unwrap_or_default();
        major.parse::<u32>().is_ok_and(|major| major < 6)
    }

    /// What the projects name themselves.
    fn direct(&self) -> impl Iterator<Item = Need> {
        let of_importers = self.importers.values().flat_map(|importer| {
            importer.dependencies.iter().chain(&importer.optional).chain(&importer.development)
        });
        let own = self.dependencies.iter().chain(&self.optional).chain(&self.development);
        own.chain(of_importers)
            .filter_map(|(name, dependency)| self.need(name, dependency.0.as_deref()?))
    }

    /// What a name and the version behind it mean. An alias has the whole key for a version; a
    /// folder of the project is none.
    fn need(&self, name: &str, version: &str) -> Option<Need> {
        if version.starts_with("link:") || version.starts_with("file:") {
            return None;
        }
        let of_key = if self.is_before_6() { of_path(version) } else { of_alias(version) };
        if let Some((name, version)) = of_key {
            return Some(need(name, Some(version)));
        }
        let plain = without_peers(version);
        let plain = if self.is_before_6() { plain.split('_').next()? } else { plain };
        Some(need(name, Some(plain)))
    }
}

/// One project of a workspace.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Importer {
    dependencies: BTreeMap<String, Dependency>,
    #[serde(rename = "optionalDependencies")]
    optional: BTreeMap<String, Dependency>,
    #[serde(rename = "devDependencies")]
    development: BTreeMap<String, Dependency>,
}

/// What a project's dependency was resolved to.
struct Dependency(Option<String>);

/// What a package depends on.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Snapshot {
    dependencies: BTreeMap<String, String>,
    #[serde(rename = "optionalDependencies")]
    optional: BTreeMap<String, String>,
}

/// The value of a key under `packages`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    dev: bool,
    /// Written where the key has no name, as for repositories and archives.
    name: Option<String>,
    version: Option<String>,
    /// Up to version 6; later these are under `snapshots`.
    dependencies: BTreeMap<String, String>,
    #[serde(rename = "optionalDependencies")]
    optional: BTreeMap<String, String>,
}

/// The map under `packages`, in its order and with lines.
#[derive(Default)]
struct Entries(Vec<(Spanned<String>, Entry)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of packages")
            }

            fn visit_unit<E>(self) -> Result<Entries, E> {
                Ok(Entries::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}

impl<'de> Deserialize<'de> for Dependency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DependencyVisitor;
        impl<'de> Visitor<'de> for DependencyVisitor {
            type Value = Dependency;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a dependency")
            }

            fn visit_str<E>(self, version: &str) -> Result<Dependency, E> {
                Ok(Dependency(Some(version.to_owned())))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Dependency, E> {
                Ok(Dependency(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Dependency, E> {
                Ok(Dependency(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Dependency, E> {
                Ok(Dependency(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Dependency, A::Error> {
                let mut version = None;
                while let Some(key) = map.next_key::<String>()? {
                    if key == "version" {
                        version = map.next_value::<Option<String>>()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Dependency(version))
            }
        }
        deserializer.deserialize_any(DependencyVisitor)
    }
}

/// The packages that projects need other than for development, as `name@version`.
fn reached<'l>(lock: &'l Lock, snapshots: &'l BTreeMap<String, Snapshot>) -> BTreeSet<&'l str> {
    let find = |name: &str, version: &str| {
        let key = format!("{name}@{version}");
        // The version of an alias is the whole key.
        snapshots.get_key_value(&key).or_else(|| snapshots.get_key_value(version))
    };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<(&String, &Snapshot)> = Vec::new();
    for importer in lock.importers.values() {
        for (name, dependency) in importer.dependencies.iter().chain(&importer.optional) {
            let found = dependency.0.as_ref().and_then(|version| find(name, version));
            open.extend(found);
        }
    }
    while let Some((key, snapshot)) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        let dependencies = snapshot.dependencies.iter().chain(&snapshot.optional);
        open.extend(dependencies.filter_map(|(name, version)| find(name, version)));
    }
    seen.into_iter().map(without_peers).collect()
}

/// `name@1.0.0` of `name@1.0.0(peer@2.0.0)`.
fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

/// Name and version of an alias: a key, in which a name stands before the version.
fn of_alias(version: &str) -> Option<(&str, &str)> {
    let is_name =
        version.starts_with(['@', '/']) || version.starts_with(|c: char| c.is_alphabetic());
    of_descriptor(version).filter(|_| is_name && !version.contains("://"))
}

/// The name and version of a package, unless it is a folder of the project.
fn locked<'e>(key: &'e str, entry: &'e Entry, is_before_6: bool) -> Option<(&'e str, &'e str)> {
    let of_key = if is_before_6 { of_path(key) } else { of_descriptor(key) };
    let name = entry.name.as_deref().or(of_key.map(|(name, _)| name))?;
    let version = entry.version.as_deref().or(of_key.map(|(_, version)| version))?;
    let is_local = |text: &str| text.starts_with("file:") || text.starts_with("link:");
    (!is_local(version) && !is_local(key) && !of_key.is_some_and(|(_, of_key)| is_local(of_key)))
        .then_some((name, version))
}

/// `/name/1.0.0_peers` and `/@scope/name/1.0.0_peers`.
fn of_path(key: &str) -> Option<(&str, &str)> {
    let key = key.strip_prefix('/')?;
    let from = if key.starts_with('@') { key.find('/')?.checked_add(1)? } else { 0 };
    let end = key.get(from..)?.find('/')?.checked_add(from)?;
    let (name, version) = key.split_at_checked(end)?;
    let version = version.get(1..)?;
    Some((name, version.split(['_', '/']).next().unwrap_or(version)))
}

/// `name@1.0.0(peers)`, with a slash in front in version 6.
fn of_descriptor(key: &str) -> Option<(&str, &str)> {
    let key = without_peers(key.strip_prefix('/').unwrap_or(key));
    let at = key.get(1..)?.find('@')?.checked_add(1)?;
    let (name, version) = key.split_at_checked(at)?;
    Some((name, version.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_version_are_split() {
        for (key, expected) in [
            ("/acorn/8.8.0", Some(("acorn", "8.8.0"))),
            ("/acorn-jsx/5.3.2_acorn@8.8.0", Some(("acorn-jsx", "5.3.2"))),
            ("/@babel/core/7.21.4", Some(("@babel/core", "7.21.4"))),
            ("github.com/a/b/0123456", None),
        ] {
            assert_eq!(of_path(key), expected, "{key}");
        }
        for (key, expected) in [
            ("/@babel/core@7.24.7", Some(("@babel/core", "7.24.7"))),
            ("a@1.0.0(b@2.0.0)(@c/d@3.0.0)", Some(("a", "1.0.0"))),
            ("a@https://example.com/a.tgz", Some(("a", "https://example.com/a.tgz"))),
            ("a", None),
        ] {
            assert_eq!(of_descriptor(key), expected, "{key}");
        }
    }
}
