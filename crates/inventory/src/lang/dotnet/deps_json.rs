//! `*.deps.json`: what a published .NET application brings with it.
//!
//! `libraries` lists every library as `NAME/VERSION` with its type; `targets` says which files each
//! has at run time, and what it needs. A package without files, such as an analyzer, was needed for
//! building only. The files are claimed: what an assembly says of itself is not listed again.

use crate::lang::declared::{Packages, declared};
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, Need, Presence};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Packages of a published .NET application, and the runtime it carries.
pub(crate) static DEPS_JSON: Extractor = Extractor {
    id: "dotnet/deps-json",
    version: 2,
    title: ".NET applications",
    spec: "https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md",
    selects: &[Select::Suffix(".deps.json")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Fields of a target that list files used at run time.
const FILES: [&str; 4] = ["runtime", "native", "runtimeTargets", "resources"];

/// What the targets say of one library, all of them together.
#[derive(Default)]
struct Target {
    is_shipped: bool,
    needs: BTreeSet<Need>,
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let json = Json::new(input.bytes)?;
    let folder = input.path.parent();
    let mut libraries = Vec::new();
    let mut targets: HashMap<String, Target> = HashMap::new();
    let mut files: BTreeSet<ImagePath> = BTreeSet::new();
    let outcome = json.entries(|key, value| match key {
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
                let known = targets.entry(library.to_owned()).or_default();
                entries(fields, |key, value| {
                    if key == "dependencies" {
                        // The versions are those that were chosen.
                        entries(value, |name, version| {
                            let version = string(version);
                            known.needs.insert(Need { name: name.to_owned(), version });
                        });
                    }
                    if FILES.contains(&key) && value.get() != "{}" {
                        known.is_shipped = true;
                        entries(value, |file, _| files.extend(place(&folder, key, file)));
                    }
                });
            });
        }),
        _ => {}
    });
    let projects = libraries.iter().filter(|(_, kind, _)| kind == "project");
    let projects: Vec<&Target> =
        projects.filter_map(|(library, _, _)| targets.get(library)).collect();
    let direct: HashSet<&Need> = projects.iter().flat_map(|target| &target.needs).collect();
    let mut packages = Packages::new(sink);
    for (library, kind, line) in &libraries {
        let Some((name, version)) = library.split_once('/') else { continue };
        let target = targets.get(library);
        let need = Need { name: name.to_owned(), version: Some(version.to_owned()) };
        let name = match kind.as_str() {
            "package" => name,
            // A runtime beside the application; advisories know it by its package's name.
            "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
            _ => continue,
        };
        let is_shipped = targets.is_empty() || target.is_some_and(|target| target.is_shipped);
        let presence = if is_shipped { Presence::Installed } else { Presence::Declared };
        let mut package = declared(Ecosystem::Nuget, name, version, presence, *line);
        package.direct = (!projects.is_empty()).then(|| direct.contains(&need));
        package.needs.extend(target.into_iter().flat_map(|target| target.needs.iter().cloned()));
        packages.add(package);
    }
    packages.sink().claims(files.into_iter());
    packages.finish()?;
    outcome
}

/// Where a file of a package lies when the application is published: beside it, unless it is for
/// one platform of several.
fn place(folder: &ImagePath, field: &str, file: &str) -> Option<ImagePath> {
    let inner = if field == "runtimeTargets" { file } else { file.rsplit('/').next()? };
    let place = folder.join(inner);
    (!inner.is_empty() && place.is_inside(folder.as_str())).then_some(place)
}
