//! `nimble.lock`.

use crate::lang::declared::{Packages, declared, need, needs};
use crate::lang::json::{Json, entries, items, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages a lock file of Nimble declares.
pub(crate) static NIMBLE_LOCK: Extractor = Extractor {
    id: "nim/nimble-lock",
    version: 1,
    title: "Nimble lock files",
    spec: "https://nim-lang.github.io/nimble/workflow.html",
    selects: &[Select::Name("nimble.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, value| {
        if key != "packages" {
            return;
        }
        entries(value, |name, locked| {
            let (mut version, mut required) = (None, Vec::new());
            entries(locked, |key, value| match key {
                "version" => version = string(value).map(|text| (text, json.line(value))),
                "dependencies" => items(value, |item| required.extend(string(item))),
                _ => {}
            });
            // The compiler may be locked too, and is no package.
            if let Some((version, line)) = version.filter(|_| name != "nim") {
                let presence = Presence::Declared;
                let mut package = declared(Ecosystem::Nim, name, &version, presence, line);
                package.needs = needs(required.iter().map(|name| need(name, None)));
                packages.add(package);
            }
        });
    })?;
    packages.finish()
}
