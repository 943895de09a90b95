//! `MODULE.bazel.lock`.
//!
//! Bazel 6.2 to 7.1 wrote the resolved graph, `moduleDepGraph`, with a name and version for each
//! module. Later ones write the hash of every registry file that was asked for: `MODULE.bazel` of all
//! versions that were looked at, and `source.json` of those that were chosen.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Modules a lock file of Bazel declares.
pub(crate) static MODULE_LOCK: Extractor = Extractor {
    id: "bazel/module-lock",
    version: 1,
    title: "Bazel lock files",
    spec: "https://bazel.build/external/lockfile",
    selects: &[Select::Name("MODULE.bazel.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, value| match key {
        "registryFileHashes" => entries(value, |url, hash| {
            let chosen = url.strip_suffix("/source.json").filter(|_| hash.get() != "null");
            let module = chosen.and_then(|url| url.split_once("/modules/"));
            if let Some((name, version)) = module.and_then(|(_, module)| module.split_once('/')) {
                let (presence, line) = (Presence::Declared, json.line(hash));
                packages.add(declared(Ecosystem::Bazel, name, version, presence, line));
            }
        }),
        "moduleDepGraph" => entries(value, |_, module| {
            let (mut name, mut version) = (None, None);
            entries(module, |key, value| match key {
                "name" => name = string(value),
                "version" => version = string(value).map(|text| (text, json.line(value))),
                _ => {}
            });
            // The project itself, and what is part of Bazel, have no version.
            if let (Some(name), Some((version, line))) = (name, version)
                && !version.is_empty()
            {
                let presence = Presence::Declared;
                packages.add(declared(Ecosystem::Bazel, &name, &version, presence, line));
            }
        }),
        _ => {}
    })?;
    packages.finish()
}
