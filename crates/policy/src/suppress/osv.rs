//! `osv-scanner.toml`: `[[IgnoredVulns]]`, and `[[PackageOverrides]]` that ignore a package.
//!
//! `ignoreUntil` and `effectiveUntil` name the first day on which the entry does not hold.

use super::{Entry, IgnoreFile};
use crate::day::Day;
use crate::kind::Kind;
use crate::pattern::Names;
use crate::source::{FileError, Place, Source};
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    #[serde(default)]
    ignored_vulns: Vec<Spanned<Ignored>>,
    #[serde(default)]
    package_overrides: Vec<Spanned<Override>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ignored {
    id: String,
    ignore_until: Option<Datetime>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Override {
    name: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
    #[serde(default)]
    ignore: bool,
    #[serde(default)]
    vulnerability: Switch,
    #[serde(default)]
    license: Switch,
    effective_until: Option<Datetime>,
    reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Switch {
    #[serde(default)]
    ignore: bool,
}

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let file: File = toml::from_str(source.checked()?).map_err(|error| {
        let place = error.span().map_or(Place::default(), |span| source.place(span.start));
        source.error(place, error.message().to_owned())
    })?;
    for spanned in file.ignored_vulns {
        let place = source.place(spanned.span().start);
        let ignored = spanned.into_inner();
        let mut entry = Entry {
            file: source.file.to_owned(),
            line: place.line,
            reason: ignored.reason,
            kinds: vec![Kind::Vulnerability],
            ..Entry::default()
        };
        let Ok(until) = last_day(ignored.ignore_until.as_ref()) else {
            ignore.remarks.push(without_day(source, place));
            continue;
        };
        entry.until = until;
        entry.set_ids(vec![ignored.id]).map_err(|e| source.error(place, e.to_string()))?;
        ignore.entries.push(entry);
    }
    for spanned in file.package_overrides {
        let place = source.place(spanned.span().start);
        let found = spanned.into_inner();
        let mut kinds = Vec::new();
        if found.ignore || found.vulnerability.ignore {
            kinds.push(Kind::Vulnerability);
        }
        if found.ignore || found.license.ignore {
            kinds.push(Kind::License);
        }
        // An override of licenses alone says nothing of what should count.
        if kinds.is_empty() {
            continue;
        }
        let Ok(until) = last_day(found.effective_until.as_ref()) else {
            ignore.remarks.push(without_day(source, place));
            continue;
        };
        let mut entry = Entry {
            file: source.file.to_owned(),
            line: place.line,
            reason: found.reason,
            until,
            kinds,
            ..Entry::default()
        };
        if let Some(name) = found.name {
            let names = Names::new([name]).map_err(|e| source.error(place, e.to_string()))?;
            entry.about.packages = Some(names);
        }
        entry.about.versions.extend(found.version);
        if let Some(ecosystem) = found.ecosystem {
            let Some(types) = types_of(&ecosystem) else {
                let message = format!("no package here is of `{ecosystem}`: it is not applied");
                ignore.remarks.push(source.error(place, message));
                continue;
            };
            entry.about.types = vec![types.to_owned()];
        }
        ignore.entries.push(entry);
    }
    Ok(())
}

fn without_day(source: Source<'_>, place: Place) -> FileError {
    source.error(place, "the time it ends has no date: it is not applied")
}

/// The last day, if there is one; an error where the time has no day.
fn last_day(until: Option<&Datetime>) -> Result<Option<Day>, ()> {
    match until {
        None => Ok(None),
        Some(until) => Day::parse(&until.to_string()).map(|day| Some(day.before())).ok_or(()),
    }
}

/// The type of package urls for the name of an ecosystem
/// (<https://ossf.github.io/osv-schema/#defined-ecosystems>).
fn types_of(ecosystem: &str) -> Option<&'static str> {
    let name = ecosystem.split(':').next().unwrap_or(ecosystem);
    Some(match name {
        "AlmaLinux" | "Rocky Linux" | "Red Hat" | "SUSE" | "openSUSE" | "Mageia" | "openEuler"
        | "Azure Linux" | "Photon OS" => "rpm",
        "Alpine" | "Chainguard" | "Wolfi" | "MinimOS" | "Alpaquita" => "apk",
        "Debian" | "Ubuntu" | "Echo" => "deb",
        "Bitnami" => "bitnami",
        "ConanCenter" => "conan",
        "CRAN" => "cran",
        "crates.io" => "cargo",
        "GHC" | "Hackage" => "hackage",
        "GitHub Actions" => "github",
        "Go" => "golang",
        "Hex" => "hex",
        "Julia" => "julia",
        "Maven" => "maven",
        "npm" => "npm",
        "NuGet" => "nuget",
        "Packagist" => "composer",
        "Pub" => "pub",
        "PyPI" => "pypi",
        "RubyGems" => "gem",
        "SwiftURL" => "swift",
        "opam" => "opam",
        _ => return None,
    })
}
