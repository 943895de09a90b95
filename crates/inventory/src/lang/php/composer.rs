//! `composer.lock`, and `vendor/composer/installed.json`, which lists the same of what is installed.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde_json::value::RawValue;

/// Packages a Composer lock file declares.
pub(crate) static COMPOSER_LOCK: Extractor = Extractor {
    id: "php/composer-lock",
    version: 2,
    title: "Composer lock files",
    spec: "https://getcomposer.org/doc/01-basic-usage.md",
    selects: &[Select::Name("composer.lock")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: true, lines: true },
    run: run_lock,
};

/// Packages Composer has installed.
pub(crate) static INSTALLED: Extractor = Extractor {
    id: "php/installed",
    version: 2,
    title: "Installed Composer packages",
    spec: "https://getcomposer.org/doc/07-runtime.md",
    selects: &[Select::NameIn("installed.json", "composer")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run: run_installed,
};

/// Licenses named for one package. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

fn run_lock(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, list| {
        let presence = match key {
            "packages" => Presence::Declared,
            "packages-dev" => Presence::DeclaredDev,
            _ => return,
        };
        items(list, |package| add(package, presence, &json, &mut packages));
    })?;
    packages.finish()
}

fn run_installed(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    let mut each = |package| add(package, Presence::Installed, &json, &mut packages);
    // Composer 1 had no object around the list.
    if json.is_array() {
        json.items(&mut each)?;
    } else {
        json.entries(|key, list| {
            if key == "packages" {
                items(list, &mut each);
            }
        })?;
    }
    packages.finish()
}

fn add(package: &RawValue, presence: Presence, json: &Json<'_>, packages: &mut Packages<'_, '_>) {
    let (mut name, mut version, mut licenses) = (None, None, Vec::new());
    let mut required = Vec::new();
    entries(package, |key, value| match key {
        "name" => name = string(value),
        "version" => version = string(value).map(|text| (text, json.line(value))),
        // PHP itself and its extensions have names without a vendor.
        "require" => entries(value, |name, _| {
            if name.contains('/') {
                required.push(need(name, None));
            }
        }),
        "license" => {
            licenses.extend(string(value));
            items(value, |license| {
                if licenses.len() < LICENSES_MAX {
                    licenses.extend(string(license));
                }
            });
        }
        _ => {}
    });
    if let (Some(name), Some((version, line))) = (name, version) {
        let mut package = declared(Ecosystem::Composer, &name, &version, presence, line);
        package.licenses = licenses;
        package.needs = needs(required);
        packages.add(package);
    }
}
