//! `package-lock.json` and `npm-shrinkwrap.json`: what npm is to install.
//!
//! Versions 2 and 3 list every package under `packages`, by the folder it is installed in; version
//! 1 nests them under `dependencies`. Version 2 has both, of which `packages` says more.

use super::fields::Fields;
use super::{in_modules, is_name, is_version, license};
use crate::lang::json::{Key, is_true, json_error, string};
use crate::lang::places::Places;
use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact, Presence};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Packages an npm lock file declares. Those of a published package, which lie inside
/// `node_modules`, are left out: npm does not read them.
pub(crate) static PACKAGE_LOCK: Extractor = Extractor {
    id: "npm/package-lock",
    version: 1,
    title: "npm lock files",
    spec: "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json",
    selects: &[Select::Name("package-lock.json"), Select::Name("npm-shrinkwrap.json")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
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
}

/// Everything a lock file lists, in its order.
#[derive(Default)]
struct Found<'a> {
    has_packages: bool,
    packages: Vec<Locked<'a>>,
    dependencies: Vec<Locked<'a>>,
}

fn emit(found: Found<'_>, bytes: &[u8], sink: &mut Sink<'_>) {
    let locked = if found.has_packages { found.packages } else { found.dependencies };
    let places = Places::new(bytes);
    let mut emitted = HashSet::new();
    for one in &locked {
        let presence = if one.is_dev { Presence::DeclaredDev } else { Presence::Declared };
        if !emitted.insert((&one.name, &one.version, presence)) {
            continue;
        }
        let mut package = PackageFact::installed(Ecosystem::Npm, &*one.name, &*one.version);
        package.presence = presence;
        package.licenses = license::licenses(one.license);
        let line = places.line_of(one.raw.get());
        package.lines = line.map(|line| LineRange { start: line, end: line });
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
                    map.next_value_seed(Packages(&mut self.0.packages))?;
                }
                "dependencies" => map.next_value_seed(Dependencies(&mut self.0.dependencies))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The `packages` of versions 2 and 3.
struct Packages<'f, 'a>(&'f mut Vec<Locked<'a>>);

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
            self.0.extend(locked(&folder, &fields));
        }
        Ok(())
    }
}

/// The package, unless it is the project itself, a part of it (a workspace), or a link to one.
fn locked<'a>(folder: &str, fields: &Fields<'a>) -> Option<Locked<'a>> {
    if is_true(fields.link) {
        return None;
    }
    let raw = fields.version?;
    let version = string(raw).filter(|version| is_version(version))?;
    let installed = installed_name(folder)?;
    // An alias: the folder has another name than the package.
    let name = fields.name.and_then(string).unwrap_or_else(|| installed.to_owned());
    is_name(&name).then_some(Locked {
        name: name.into(),
        version: version.into(),
        raw,
        is_dev: is_true(fields.dev),
        license: fields.license,
    })
}

/// The name in `a/node_modules/NAME`, which may be `@SCOPE/NAME`.
fn installed_name(folder: &str) -> Option<&str> {
    let (before, name) = folder.rsplit_once("node_modules/")?;
    (before.is_empty() || before.ends_with('/')).then_some(name)
}

/// The `dependencies` of version 1, at any depth. serde_json bounds the depth at 128.
struct Dependencies<'f, 'a>(&'f mut Vec<Locked<'a>>);

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
            map.next_value_seed(Dependency { name, found: &mut *self.0 })?;
        }
        Ok(())
    }
}

/// One of them.
struct Dependency<'f, 'a> {
    name: Cow<'a, str>,
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
        let mut dev = None;
        // Its place is kept, since its own dependencies may come before its version.
        let position = self.found.len();
        let mut walk = || -> Result<(), A::Error> {
            while let Some(Key(key)) = map.next_key()? {
                match &*key {
                    "version" => version = map.next_value::<Option<&'a RawValue>>()?,
                    "dev" => dev = map.next_value::<Option<&'a RawValue>>()?,
                    "dependencies" => map.next_value_seed(Dependencies(&mut *self.found))?,
                    _ => {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
            }
            Ok(())
        };
        let outcome = walk();
        if let Some(locked) = version.and_then(|raw| locked_v1(&self.name, raw, is_true(dev))) {
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
    })
}
