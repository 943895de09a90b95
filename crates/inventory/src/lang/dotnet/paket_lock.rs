//! `paket.lock` of Paket: groups of sources, their packages four spaces in, and what those need six.

use super::is_version;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, PackageFact, Presence};

/// Packages a Paket lock file declares.
pub(crate) static PAKET_LOCK: Extractor = Extractor {
    id: "dotnet/paket-lock",
    version: 1,
    title: "Paket lock files",
    spec: "https://fsprojects.github.io/Paket/lock-file.html",
    selects: &[Select::Name("paket.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut broken = Broken::default();
    let mut packages = Packages::new(sink);
    // Files of GitHub, Git and HTTP have the same form, and are no packages.
    let mut is_nuget = false;
    let mut open: Option<PackageFact> = None;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        let depth = text.len().saturating_sub(text.trim_start_matches(' ').len());
        let text = text.trim();
        match depth {
            0 if text.is_empty() => {}
            0 => is_nuget = text == "NUGET",
            4 if is_nuget => {
                close(&mut packages, open.take());
                let Some((name, version)) = entry(text).filter(|(_, v)| is_version(v)) else {
                    let message = "the line is not `NAME (VERSION)`";
                    broken.report(packages.sink(), line.number, message);
                    continue;
                };
                let presence = Presence::Declared;
                let line = Some(line.number);
                open = Some(declared(Ecosystem::Nuget, name, version, presence, line));
            }
            6 if is_nuget => {
                let name = entry(text).map_or(text, |(name, _)| name);
                let name = name.split_whitespace().next().unwrap_or_default();
                let need = Need { name: name.to_owned(), version: None };
                if let Some(package) = &mut open {
                    package.needs.push(need);
                }
            }
            _ => {}
        }
    }
    close(&mut packages, open);
    packages.finish()?;
    broken.finish()
}

/// The end of a package: what it needs on several platforms is needed once.
fn close(packages: &mut Packages<'_, '_>, package: Option<PackageFact>) {
    let Some(mut package) = package else { return };
    package.needs.sort();
    package.needs.dedup();
    packages.add(package);
}

/// `NAME (VERSION) - RESTRICTION`.
fn entry(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(" (")?;
    let (version, _) = rest.split_once(')')?;
    Some((name.trim(), version.trim()))
}
