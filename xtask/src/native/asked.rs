//! The tools that know what is installed, and the same question put to a report.

use super::Names;
use super::system::{NPM_PREFIX, System};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::collections::BTreeSet;

/// Packages in packages that are looked into.
const DEPTH_MAX: usize = 64;

/// Folders with npm packages, for which each way leads to all of them.
const NPM_FOLDERS: &[&str] = &["usr/share/nodejs/", "usr/lib/x86_64-linux-gnu/nodejs/", "srv/app/"];

/// A tool, and where the report should say the same.
pub(super) struct Asked {
    pub(super) name: &'static str,
    /// What the tool lists.
    pub(super) told: fn(&System) -> Result<Names>,
    /// What the report lists of the same kind. It is given what the tool lists, for tools that do
    /// not know all there is.
    pub(super) found: fn(&Value, &Names) -> Names,
}

pub(super) const ASKED: &[Asked] = &[
    Asked { name: "dpkg-query", told: dpkg, found: |report, _| deb(report) },
    Asked { name: "pip list", told: pip, found: |report, _| installed(report, "pypi", pypi_name) },
    Asked { name: "npm ls", told: npm, found: |report, _| below(report, NPM_FOLDERS) },
    Asked { name: "gem list", told: gem, found: |report, _| installed(report, "gem", same) },
    Asked {
        name: "composer show",
        told: composer,
        found: |report, _| installed(report, "composer", same),
    },
    Asked { name: "go version -m", told: go, found: |report, _| installed(report, "golang", same) },
    Asked { name: "R", told: cran, found: |report, _| installed(report, "cran", same) },
    Asked { name: "pom.properties of jars", told: maven, found: known_of_maven },
];

fn dpkg(system: &System) -> Result<Names> {
    let format = "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n";
    let text = system.tell(&["dpkg-query", "--show", "--showformat", format])?;
    Ok(text.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect())
}

fn deb(report: &Value) -> Names {
    let line = |package: &Value| {
        let field = |pointer: &str| package.pointer(pointer).and_then(Value::as_str).unwrap_or("");
        ["/name", "/version", "/arch", "/source/name", "/source/version"].map(field).join(" ")
    };
    packages(report, "deb").map(line).collect()
}

fn pip(system: &System) -> Result<Names> {
    let list = json(&system.tell(&["pip", "list", "--format=json"])?)?;
    Ok(list.as_array().into_iter().flatten().map(|one| line(one, pypi_name)).collect())
}

/// pip shows names as their projects write them, which mean the same however they are written
/// (<https://packaging.python.org/en/latest/specifications/name-normalization/>).
fn pypi_name(name: &str) -> String {
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

fn same(name: &str) -> String {
    name.to_owned()
}

/// Everything that is in the folders: npm names what nothing needs for the folder it is asked in
/// alone, so it is asked in each that has packages of its own.
fn npm(system: &System) -> Result<Names> {
    let mut names = Names::new();
    let global = ["npm", "ls", "--all", "--long", "--json", "--global", "--prefix", NPM_PREFIX];
    npm_tree(&json(&system.tell_at_least(&global)?)?, DEPTH_MAX, &mut names);
    let places =
        system.tell(&["find", "/usr/share/nodejs", "/srv/app", "-name", "node_modules"])?;
    for place in places.lines() {
        let Some(folder) = place.strip_suffix("/node_modules") else { continue };
        // What lies in a package's package is in the answer for the outer one.
        if folder.contains("/node_modules") {
            continue;
        }
        let local = ["npm", "ls", "--all", "--long", "--json", "--prefix", folder];
        npm_tree(&json(&system.tell_at_least(&local)?)?, DEPTH_MAX, &mut names);
    }
    Ok(names)
}

fn npm_tree(package: &Value, depth: usize, names: &mut Names) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let is_there = |package: &&Value| package.get("missing").is_none();
    if package.get("version").is_some() {
        names.insert(line(package, same));
    }
    let inner = package.get("dependencies").and_then(Value::as_object);
    for inner in inner.into_iter().flat_map(|inner| inner.values()).filter(is_there) {
        npm_tree(inner, depth, names);
    }
}

fn gem(system: &System) -> Result<Names> {
    let text = system.tell(&["gem", "list", "--local", "--quiet"])?;
    let mut names = Names::new();
    for line in text.lines() {
        let Some((name, versions)) = line.split_once(" (") else { continue };
        for version in versions.trim_end_matches(')').split(", ") {
            let version = version.trim_start_matches("default: ");
            // A platform may follow.
            names.insert(format!("{name} {}", version.split(' ').next().unwrap_or(version)));
        }
    }
    Ok(names)
}

fn composer(system: &System) -> Result<Names> {
    let mut names = Names::new();
    for folder in ["/usr/share/icinga-php/ipl", "/usr/share/icinga-php/vendor"] {
        let command =
            ["composer", "show", "--format=json", "--no-plugins", "--working-dir", folder];
        let list = json(&system.tell(&command)?)?;
        let list = list.get("installed").and_then(Value::as_array).context("no list")?;
        names.extend(list.iter().map(|one| line(one, same)));
    }
    Ok(names)
}

fn go(system: &System) -> Result<Names> {
    let text = system.tell(&["go", "version", "-m", "/usr"])?;
    let mut names = Names::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (line.starts_with('\t'), words.as_slice()) {
            (false, [_, release]) => {
                let release = release.strip_prefix("go").context("no release of Go")?;
                names.insert(format!("stdlib {release}"));
            }
            (true, ["mod" | "dep", path, version, ..]) => {
                names.insert(format!("{path} {version}"));
            }
            _ => {}
        }
    }
    Ok(names)
}

fn cran(system: &System) -> Result<Names> {
    let code = "found <- installed.packages(); cat(paste(found[, 'Package'], found[, 'Version']), sep = '\\n')";
    Ok(system.tell(&["Rscript", "-e", code])?.lines().map(str::to_owned).collect())
}

/// What Maven wrote into the jars it built. Debian's own rules for building leave most without.
fn maven(system: &System) -> Result<Names> {
    let script = "for jar in $(find /usr/share/java /usr/share/maven-repo -name '*.jar' -type f); do \
                  unzip -p $jar 'META-INF/maven/*/*/pom.properties' 2>/dev/null && echo; done; true";
    let text = system.tell(&["sh", "-c", script])?;
    let mut names = Names::new();
    let (mut group, mut artifact, mut version) = ("", "", "");
    for line in text.lines() {
        match line.trim().split_once('=') {
            Some(("groupId", value)) => group = value,
            Some(("artifactId", value)) => artifact = value,
            Some(("version", value)) => version = value,
            _ => {}
        }
        if !group.is_empty() && !artifact.is_empty() && !version.is_empty() {
            names.insert(format!("{group}:{artifact} {version}"));
            (group, artifact, version) = ("", "", "");
        }
    }
    Ok(names)
}

fn known_of_maven(report: &Value, told: &Names) -> Names {
    installed(report, "maven", same).intersection(told).cloned().collect()
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).context("the output is no JSON")
}

fn line(package: &Value, name: fn(&str) -> String) -> String {
    let field = |field: &str| package.get(field).and_then(Value::as_str).unwrap_or("");
    format!("{} {}", name(field("name")), field("version"))
}

/// Packages of an ecosystem that the report calls installed.
fn packages<'r>(report: &'r Value, ecosystem: &str) -> impl Iterator<Item = &'r Value> {
    let is = |package: &Value, field: &str, value: &str| {
        package.get(field).and_then(Value::as_str) == Some(value)
    };
    let list = report.pointer("/inventory/packages").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter(move |package| is(package, "ecosystem", ecosystem))
        .filter(move |package| is(package, "presence", "installed"))
}

fn installed(report: &Value, ecosystem: &str, name: fn(&str) -> String) -> Names {
    packages(report, ecosystem).map(|package| line(package, name)).collect()
}

/// npm packages in these folders.
fn below(report: &Value, folders: &[&str]) -> BTreeSet<String> {
    let is_below = |package: &&Value| {
        let path = package.pointer("/locations/0/path").and_then(Value::as_str).unwrap_or("");
        folders.iter().any(|folder| path.starts_with(folder))
    };
    packages(report, "npm").filter(is_below).map(|package| line(package, same)).collect()
}
