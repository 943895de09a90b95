//! What Gradle writes down: lock files, and catalogs of versions.

use super::{is_version, name};
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, dev};
use crate::lang::toml_file;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Packages a Gradle lock file declares.
pub(crate) static GRADLE_LOCK: Extractor = Extractor {
    id: "java/gradle-lock",
    version: 1,
    title: "Gradle lock files",
    spec: "https://docs.gradle.org/current/userguide/dependency_locking.html",
    selects: &[Select::Suffix("gradle.lockfile")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_lock,
};

/// Packages a Gradle version catalog declares.
pub(crate) static GRADLE_CATALOG: Extractor = Extractor {
    id: "java/gradle-catalog",
    version: 1,
    title: "Gradle version catalogs",
    spec: "https://docs.gradle.org/current/userguide/version_catalogs.html",
    selects: &[Select::Suffix(".versions.toml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_catalog,
};

/// Lines of `group:artifact:version=configuration,configuration`, and `empty=` with the
/// configurations that have nothing.
fn run_lock(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut packages = Packages::new(sink);
    for line in Lines::new(input.bytes) {
        let text = line.text.trim_ascii();
        if text.is_empty() || text.starts_with(b"#") || text.starts_with(b"empty=") {
            continue;
        }
        let parsed = std::str::from_utf8(text).ok().and_then(|text| {
            let (module, configurations) = text.split_once('=')?;
            let mut parts = module.split(':');
            let name = name(parts.next()?, parts.next()?)?;
            let version = parts.next().filter(|version| is_version(version))?;
            parts.next().is_none().then_some((name, version, configurations))
        });
        let Some((name, version, configurations)) = parsed else {
            let message = "the line is not `group:artifact:version=configurations`";
            broken.report(packages.sink(), line.number, message);
            continue;
        };
        let is_test = |one: &str| one.trim().to_ascii_lowercase().contains("test");
        let is_dev = configurations.split(',').all(is_test);
        let line = Some(line.number);
        packages.add(declared(Ecosystem::Maven, &name, version, dev(is_dev), line));
    }
    packages.finish()?;
    broken.finish()
}

/// A version catalog.
#[derive(Deserialize)]
struct Catalog {
    #[serde(default)]
    versions: BTreeMap<String, Version>,
    #[serde(default)]
    libraries: BTreeMap<String, Spanned<Library>>,
    #[serde(default)]
    plugins: BTreeMap<String, Spanned<Plugin>>,
}

/// A version, or several wishes of which none excludes the other.
#[derive(Deserialize)]
#[serde(untagged)]
enum Version {
    Plain(String),
    Rich {
        #[serde(rename = "ref")]
        reference: Option<String>,
        strictly: Option<String>,
        require: Option<String>,
        prefer: Option<String>,
    },
}

/// `"group:artifact:version"`, or a table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Library {
    Short(String),
    Module { module: String, version: Option<Version> },
    Parts { group: String, name: String, version: Option<Version> },
}

/// `"id:version"`, or a table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Plugin {
    Short(String),
    Table { id: String, version: Option<Version> },
}

impl Version {
    /// What Gradle takes, as far as it is one version here.
    fn chosen<'c>(&'c self, versions: &'c BTreeMap<String, Self>) -> Option<&'c str> {
        match self {
            // A name leads to a version, never to another name.
            Self::Rich { reference: Some(name), .. } => versions.get(name)?.exact(),
            _ => self.exact(),
        }
    }

    /// The first wish that is one version: within a strict range, the preferred one is taken.
    fn exact(&self) -> Option<&str> {
        let wishes = match self {
            Self::Plain(version) => [Some(version), None, None],
            Self::Rich { strictly, require, prefer, .. } => {
                [strictly.as_ref(), require.as_ref(), prefer.as_ref()]
            }
        };
        // `1.0!!` is short for a strict version.
        let wishes = wishes.into_iter().flatten().map(|wish| wish.trim().trim_end_matches("!!"));
        wishes.into_iter().find(|wish| is_version(wish) && !wish.ends_with('+'))
    }
}

fn run_catalog(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (catalog, places): (Catalog, _) = toml_file::parse(input.bytes)?;
    let version =
        |version: &Option<Version>| version.as_ref()?.chosen(&catalog.versions).map(str::to_owned);
    let mut found: Vec<(usize, String, String, Presence)> = Vec::new();
    for library in catalog.libraries.values() {
        let (module, version) = match library.get_ref() {
            Library::Short(text) => match text.rsplit_once(':') {
                Some((module, version)) => (module.to_owned(), Some(version.to_owned())),
                None => continue,
            },
            Library::Module { module, version: wanted } => (module.clone(), version(wanted)),
            Library::Parts { group, name, version: wanted } => {
                (format!("{group}:{name}"), version(wanted))
            }
        };
        let name = module.split_once(':').and_then(|(group, artifact)| name(group, artifact));
        if let Some((name, version)) = name.zip(version.filter(|version| is_version(version))) {
            found.push((library.span().start, name, version, Presence::Declared));
        }
    }
    for plugin in catalog.plugins.values() {
        let (id, version) = match plugin.get_ref() {
            Plugin::Short(text) => match text.split_once(':') {
                Some((id, version)) => (id, Some(version.to_owned())),
                None => continue,
            },
            Plugin::Table { id, version: wanted } => (id.as_str(), version(wanted)),
        };
        // Gradle finds a plugin by a package of this name, and uses it for building only.
        let name = name(id, &format!("{id}.gradle.plugin"));
        if let Some((name, version)) = name.zip(version.filter(|version| is_version(version))) {
            found.push((plugin.span().start, name, version, Presence::DeclaredDev));
        }
    }
    found.sort();
    let mut packages = Packages::new(sink);
    for (at, name, version, presence) in found {
        packages.add(declared(Ecosystem::Maven, &name, &version, presence, places.line(at)));
    }
    packages.finish()
}
