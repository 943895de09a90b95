//! `package-lock.json` and `npm-shrinkwrap.json`: what npm is to install.
//!
//! Versions 2 and 3 list every package under `packages`, by the folder it is installed in; version
//! 1 nests them under `dependencies`. Version 2 has both, of which `packages` says more.

use super::fields::Fields;
use super::modules::{Modules, installed_name};
use super::{MODULES, in_modules, is_name, is_version, license};
use crate::lang::declared::{dev, needs};
use crate::lang::json::{Key, entries, is_true, json_error, string};
use crate::lang::places::Places;
use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// What npm writes into `node_modules` itself, of the packages that are there.
const HIDDEN: &str = ".package-lock.json";

/// Packages an npm lock file declares. Those of a published package, which lie inside
/// `node_modules`, are left out: npm does not read them.
pub(crate) static PACKAGE_LOCK: Extractor = Extractor {
    id: "npm/package-lock",
    version: 3,
    title: "npm lock files",
    spec: "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json",
    selects: &[
        Select::Name("package-lock.json"),
        Select::Name("npm-shrinkwrap.json"),
        Select::Name(HIDDEN),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let is_hidden = input.path.name() == HIDDEN && input.path.parent().name() == MODULES;
    if in_modules(input.path.as_str()) && !is_hidden {
        return Ok(());
    }
    let bytes = without_mark(input.bytes);
    let mut found = Found::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = Lock(&mut found).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    emit(found, bytes, sink);
    outcome.map_err(|error| json_error(&error))
}

/// One package as the lock file has it.
struct Locked<'a> {
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    /// The version's place in the file.
    raw: &'a RawValue,
    is_dev: bool,
    license: Option<&'a RawValue>,
    /// The folder it is installed in.
    folder: String,
    /// Names of the packages it needs.
    required: Vec<String>,
}

/// Everything a lock file lists, in its order.
#[derive(Default)]
struct Found<'a> {
    has_packages: bool,
    packages: Vec<Locked<'a>>,
    dependencies: Vec<Locked<'a>>,
    /// The folders of the project and of its workspaces, and what each names itself.
    projects: Vec<(String, Vec<String>)>,
}

fn emit(found: Found<'_>, bytes: &[u8], sink: &mut Sink<'_>) {
    let locked = if found.has_packages { found.packages } else { found.dependencies };
    let places = Places::new(bytes);
    let modules =
        Modules::new(locked.iter().map(|one| (one.folder.as_str(), (&*one.name, &*one.version))));
    let mut direct = HashSet::new();
    for (folder, required) in &found.projects {
        direct.extend(required.iter().filter_map(|name| modules.find(folder, name)));
    }
    let mut emitted: HashMap<(&str, &str, bool), usize> = HashMap::new();
    let mut packages: Vec<PackageFact> = Vec::new();
    for one in &locked {
        let required = one.required.iter().filter_map(|name| modules.need(&one.folder, name));
        let is_direct = direct.contains(one.folder.as_str());
        let key = (&*one.name, &*one.version, one.is_dev);
        // The same package in another folder may find others there.
        if let Some(package) = emitted.get(&key).and_then(|index| packages.get_mut(*index)) {
            package.needs.extend(required);
            package.direct = package.direct.map(|known| known || is_direct);
            continue;
        }
        emitted.insert(key, packages.len());
        let mut package = PackageFact::installed(Ecosystem::Npm, &*one.name, &*one.version);
        package.presence = dev(one.is_dev);
        package.licenses = license::licenses(one.license);
        package.direct = (!direct.is_empty()).then_some(is_direct);
        package.needs = required.collect();
        let line = places.line_of(one.raw.get());
        package.lines = line.map(|line| LineRange { start: line, end: line });
        packages.push(package);
    }
    for mut package in packages {
        package.needs = needs(package.needs);
        sink.package(package);
    }
}

/// The whole file.
struct Lock<'f, 'a>(&'f mut Found<'a>);

impl<'a> DeserializeSeed<'a> for Lock<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Lock<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a lock file, which is an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "packages" => {
                    self.0.has_packages = true;
                    map.next_value_seed(Packages(&mut *self.0))?;
                }
                "dependencies" => {
                    let found = &mut self.0.dependencies;
                    map.next_value_seed(Dependencies { around: "", found })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The `packages` of versions 2 and 3.
struct Packages<'f, 'a>(&'f mut Found<'a>);

impl<'a> DeserializeSeed<'a> for Packages<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Packages<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of packages")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(folder)) = map.next_key()? {
            let fields: Fields<'a> = map.next_value()?;
            let is_project = installed_name(&folder).is_none() && !is_true(fields.link);
            if is_project {
                self.0.projects.push((folder.into_owned(), required(&fields.dependencies)));
            } else {
                self.0.packages.extend(locked(&folder, &fields));
            }
        }
        Ok(())
    }
}

/// The names in maps of dependencies.
fn required(maps: &[Option<&RawValue>]) -> Vec<String> {
    let mut names = Vec::new();
    for map in maps.iter().flatten() {
        entries(map, |name, _| names.push(name.to_owned()));
    }
    names
}

/// The package, unless it is a link to a part of the project.
fn locked<'a>(folder: &str, fields: &Fields<'a>) -> Option<Locked<'a>> {
    if is_true(fields.link) {
        return None;
    }
    let raw = fields.version?;
    let version = string(raw).filter(|version| is_version(version))?;
    let installed = installed_name(folder)?;
    // An alias: the folder has another name than the package.
    let name = fields.name.and_then(string).unwrap_or_else(|| installed.to_owned());
    // What a package needs for its own development is not installed.
    let dependencies = fields.dependencies.get(..3).unwrap_or_default();
    is_name(&name).then(|| Locked {
        name: name.into(),
        version: version.into(),
        raw,
        is_dev: is_true(fields.dev),
        license: fields.license,
        folder: folder.to_owned(),
        required: required(dependencies),
    })
}

/// The `dependencies` of version 1, at any depth. serde_json bounds the depth at 128.
struct Dependencies<'f, 'a> {
    /// The folder of the package around.
    around: &'f str,
    found: &'f mut Vec<Locked<'a>>,
}

impl<'a> DeserializeSeed<'a> for Dependencies<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Dependencies<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of dependencies")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(name)) = map.next_key()? {
            let between = if self.around.is_empty() { "" } else { "/" };
            let folder = format!("{}{between}{MODULES}/{name}", self.around);
            map.next_value_seed(Dependency { name, folder, found: &mut *self.found })?;
        }
        Ok(())
    }
}

/// One of them.
struct Dependency<'f, 'a> {
    name: Cow<'a, str>,
    folder: String,
    found: &'f mut Vec<Locked<'a>>,
}

impl<'a> DeserializeSeed<'a> for Dependency<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Dependency<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dependency, which is an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut version = None;
        let (mut dev, mut requires) = (None, None);
        // Its place is kept, since its own dependencies may come before its version.
        let position = self.found.len();
        let mut walk = || -> Result<(), A::Error> {
            while let Some(Key(key)) = map.next_key()? {
                match &*key {
                    "version" => version = map.next_value::<Option<&'a RawValue>>()?,
                    "dev" => dev = map.next_value::<Option<&'a RawValue>>()?,
                    "requires" => requires = map.next_value::<Option<&'a RawValue>>()?,
                    "dependencies" => map.next_value_seed(Dependencies {
                        around: &self.folder,
                        found: &mut *self.found,
                    })?,
                    _ => {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
            }
            Ok(())
        };
        let outcome = walk();
        if let Some(locked) = version.and_then(|raw| locked_v1(&self.name, raw, is_true(dev))) {
            let locked = Locked { folder: self.folder, required: required(&[requires]), ..locked };
            self.found.insert(position.min(self.found.len()), locked);
        }
        outcome
    }
}

/// A dependency of version 1, unless it is a folder of the project.
fn locked_v1<'a>(key: &str, raw: &'a RawValue, is_dev: bool) -> Option<Locked<'a>> {
    let version = string(raw).filter(|version| is_version(version))?;
    if version.starts_with("file:") {
        return None;
    }
    // An alias: `npm:@scope/name@1.0.0`.
    let alias = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
    let (name, version) = match alias.filter(|(name, _)| !name.is_empty()) {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => (key.to_owned(), version),
    };
    is_name(&name).then_some(Locked {
        name: name.into(),
        version: version.into(),
        raw,
        is_dev,
        license: None,
        folder: String::new(),
        required: Vec::new(),
    })
}
