//! What a scanner says is in an image: its output, read as a set of packages.

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

/// Components in components that are looked into.
const DEPTH_MAX: usize = 8;

/// A package as scanners can agree on one: what its package-url says, written as the type's own
/// rules compare it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Listed {
    /// The type of the package-url, such as `deb`.
    pub(super) kind: String,
    /// With the group or scope it is of.
    pub(super) name: String,
    pub(super) version: String,
}

/// Types of package-urls whose namespace says which distribution it is, which scanners write
/// differently, and which is one for the whole image.
const OF_A_SYSTEM: &[&str] = &["alpm", "apk", "deb", "ebuild", "opkg", "rpm"];
/// Types whose names mean the same in every case (package-url's own list of types).
const WITHOUT_CASE: &[&str] = &["composer", "nuget", "pypi", "github"];

/// Runs a scanner's command and reads the packages from what it prints.
///
/// Read are Lazaret's report, Syft's JSON and CycloneDX; an output that is none of these is `None`.
pub(super) fn listed_by(command: &str) -> Result<Option<BTreeSet<Listed>>> {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(super::work_folder()?)
        .stdin(Stdio::null())
        .output()
        .context("failed to start a shell")?;
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")
    );
    Ok(serde_json::from_slice(&output.stdout).ok().and_then(|report| packages(&report)))
}

fn packages(report: &Value) -> Option<BTreeSet<Listed>> {
    let mut urls = Vec::new();
    if let Some(packages) = report.pointer("/inventory/packages") {
        // What a later layer deleted is in the report only when asked for, and no other lists it.
        let is_there = |package: &&Value| package.get("removed_in").is_none_or(Value::is_null);
        urls.extend(packages.as_array()?.iter().filter(is_there).map(url));
    } else if let Some(packages) = report.get("artifacts") {
        urls.extend(packages.as_array()?.iter().map(url));
    } else {
        components(report.get("components")?, DEPTH_MAX, &mut urls);
    }
    Some(urls.into_iter().flatten().filter_map(listed).collect())
}

fn url(package: &Value) -> Option<&str> {
    package.get("purl")?.as_str()
}

fn components<'r>(list: &'r Value, depth: usize, urls: &mut Vec<Option<&'r str>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for component in list.as_array().into_iter().flatten() {
        urls.push(url(component));
        if let Some(inner) = component.get("components") {
            components(inner, depth, urls);
        }
    }
}

/// The package of a package-url, <https://github.com/package-url/purl-spec>.
fn listed(url: &str) -> Option<Listed> {
    let url = url.strip_prefix("pkg:")?.split('#').next()?;
    let (path, qualifiers) = url.split_once('?').unwrap_or((url, ""));
    let (kind, rest) = path.split_once('/')?;
    // A scope begins with the character that also comes before a version.
    let (name, version) = match rest.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains('/') => (name, version),
        _ => (rest, ""),
    };
    let mut name = decoded(name);
    let mut version = decoded(version);
    if OF_A_SYSTEM.contains(&kind) {
        name = name.rsplit('/').next()?.to_owned();
    }
    if WITHOUT_CASE.contains(&kind) {
        name.make_ascii_lowercase();
    }
    if kind == "pypi" {
        name = name.replace(['_', '.'], "-");
    }
    let epoch = qualifiers.split('&').find_map(|part| part.strip_prefix("epoch="));
    if let Some(epoch) = epoch.filter(|epoch| *epoch != "0") {
        version.insert_str(0, &format!("{epoch}:"));
    }
    Some(Listed { kind: kind.to_owned(), name, version })
}

/// Percent-encoding undone.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let value = (*first == b'%')
            .then(|| behind.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(report: &Value) -> Option<Vec<String>> {
        let packages = packages(report)?;
        let show = |one: &Listed| format!("{} {} {}", one.kind, one.name, one.version);
        Some(packages.iter().map(show).collect())
    }

    #[test]
    fn package_urls_of_every_scanner_come_to_the_same() {
        for (url, expected) in [
            ("pkg:deb/debian/tar@1.34%2Bdfsg-1?arch=amd64&distro=debian-12", "deb tar 1.34+dfsg-1"),
            ("pkg:rpm/rocky/bind@9.16-1.el9?arch=x86_64&epoch=32", "rpm bind 32:9.16-1.el9"),
            ("pkg:rpm/redhat/bash@5.1-1.el9?epoch=0", "rpm bash 5.1-1.el9"),
            ("pkg:pypi/Flask_Login@1.0", "pypi flask-login 1.0"),
            ("pkg:npm/%40babel/core@7.1.0", "npm @babel/core 7.1.0"),
            ("pkg:npm/@babel/core@7.1.0", "npm @babel/core 7.1.0"),
            ("pkg:npm/%40babel/core", "npm @babel/core "),
            ("pkg:npm/@babel/core", "npm @babel/core "),
            ("pkg:golang/github.com/a/b@v1.0.0#cmd/c", "golang github.com/a/b v1.0.0"),
            ("pkg:maven/org.yaml/snakeyaml@1.24", "maven org.yaml/snakeyaml 1.24"),
            ("pkg:generic/100%25@1", "generic 100% 1"),
        ] {
            let report = json!({"artifacts": [{"purl": url}]});
            assert_eq!(shown(&report), Some(vec![expected.to_owned()]), "{url}");
        }
        assert_eq!(listed("no package-url"), None);
        assert_eq!(listed("pkg:npm"), None);
    }

    #[test]
    fn three_kinds_of_output_are_read() {
        let (a, b) = ("pkg:npm/a@1", "pkg:npm/b@2");
        let expected = Some(vec!["npm a 1".to_owned(), "npm b 2".to_owned()]);
        let own = json!({"inventory": {"packages": [
            {"purl": b}, {"purl": a}, {"purl": "pkg:npm/gone@1", "removed_in": 2}
        ]}});
        assert_eq!(shown(&own), expected);
        let syft = json!({"artifacts": [{"purl": a}, {"purl": b}, {"type": "binary"}]});
        assert_eq!(shown(&syft), expected);
        let cyclonedx =
            json!({"components": [{"name": "f", "components": [{"purl": b}]}, {"purl": a}]});
        assert_eq!(shown(&cyclonedx), expected);
        assert_eq!(shown(&json!({"Results": []})), None);
    }
}
