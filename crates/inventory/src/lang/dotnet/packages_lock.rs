//! `packages.lock.json` of NuGet: packages by target framework.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages a NuGet lock file declares.
pub(crate) static PACKAGES_LOCK: Extractor = Extractor {
    id: "dotnet/packages-lock",
    version: 1,
    title: "NuGet lock files",
    spec: "https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files",
    selects: &[Select::Name("packages.lock.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut packages = Packages::new(sink);
    json.entries(|key, frameworks| {
        if key != "dependencies" {
            return;
        }
        entries(frameworks, |_, framework| {
            entries(framework, |name, fields| {
                let (mut version, mut is_project) = (None, false);
                entries(fields, |key, value| match key {
                    "resolved" => version = string(value).map(|text| (text, json.line(value))),
                    "type" => is_project = value.get() == "\"Project\"",
                    _ => {}
                });
                if let Some((version, line)) = version.filter(|_| !is_project) {
                    let presence = Presence::Declared;
                    packages.add(declared(Ecosystem::Nuget, name, &version, presence, line));
                }
            });
        });
    })?;
    packages.finish()
}
