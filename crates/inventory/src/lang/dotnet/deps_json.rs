//! `*.deps.json`: what a published .NET application brings with it.
//!
//! `libraries` lists every library as `NAME/VERSION` with its type; `targets` says which files each
//! has at run time. A package without any, such as an analyzer, was needed for building only.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use std::collections::HashSet;

/// Packages of a published .NET application, and the runtime it carries.
pub(crate) static DEPS_JSON: Extractor = Extractor {
    id: "dotnet/deps-json",
    version: 1,
    title: ".NET applications",
    spec: "https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md",
    selects: &[Select::Suffix(".deps.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Fields of a target that list files used at run time.
const FILES: [&str; 4] = ["runtime", "native", "runtimeTargets", "resources"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let mut libraries = Vec::new();
    let mut has_targets = false;
    let mut shipped: HashSet<String> = HashSet::new();
    json.entries(|key, value| match key {
        "libraries" => entries(value, |library, fields| {
            let mut kind = None;
            entries(fields, |key, value| {
                if key == "type" {
                    kind = string(value);
                }
            });
            libraries.push((library.to_owned(), kind.unwrap_or_default(), json.line(fields)));
        }),
        // One target for compiling and one for each platform; what any of them ships counts.
        "targets" => entries(value, |_, target| {
            entries(target, |library, fields| {
                has_targets = true;
                entries(fields, |key, files| {
                    let has_files = FILES.contains(&key) && files.get() != "{}";
                    if has_files && !shipped.contains(library) {
                        shipped.insert(library.to_owned());
                    }
                });
            });
        }),
        _ => {}
    })?;
    let mut packages = Packages::new(sink);
    for (library, kind, line) in &libraries {
        let Some((name, version)) = library.split_once('/') else { continue };
        let name = match kind.as_str() {
            "package" => name,
            // A runtime beside the application; advisories know it by its package's name.
            "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
            _ => continue,
        };
        let is_shipped = !has_targets || shipped.contains(library);
        let presence = if is_shipped { Presence::Installed } else { Presence::Declared };
        packages.add(declared(Ecosystem::Nuget, name, version, presence, *line));
    }
    packages.finish()
}
