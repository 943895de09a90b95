//! Project KB's statements about vulnerabilities in Java libraries
//! (<https://github.com/SAP/project-kb/tree/vulnerability-data>): for some, which released
//! versions were found affected and which not.

use super::gather::{Gather, Segment};
use super::span::fix_at;
use super::yaml::{self, YamlError};
use super::{Feed, FeedError, FeedFile, Gap, bundle, id};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

const MAVEN: Scheme = Scheme::Maven;

const SOME: Gap = Gap { weight: 3, lacking: "those Project KB looked into until 2024" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "project-kb",
    title: "Project KB",
    url: "https://codeload.github.com/SAP/project-kb/tar.gz/refs/heads/vulnerability-data",
    license: "Apache-2.0",
    redistributable: true,
    unit: "statements",
    paths: &[
        "maven/sap-project-kb-statements.tar.gz",
        "SAP/project-kb*.tar.gz",
        "project-kb-vulnerability-data*.tar.gz",
        "project-kb-vulnerability-data*.zip",
    ],
    left_out: &[],
    gaps: &[("*", SOME), ("*/*", SOME)],
    parse,
};

/// Released versions read of one statement; the longest real one lists some 3,000.
const RELEASES_MAX: usize = 50_000;

#[derive(Deserialize)]
struct Document {
    vulnerability_id: String,
    #[serde(default)]
    artifacts: Option<Vec<Release>>,
}

/// One released version.
#[derive(Deserialize)]
struct Release {
    /// A package url.
    id: String,
    #[serde(default)]
    affected: Option<bool>,
}

#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error(transparent)]
    Yaml(#[from] YamlError),
    #[error("the document has no id")]
    NoId,
    #[error("the document lists more than {RELEASES_MAX} releases")]
    TooMuch,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    bundle::files(file.bytes, &is_statement, &mut |path, bytes| {
        gather.count();
        if let Err(error) = record(bytes, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// `statements/ID/statement.yaml`.
fn is_statement(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    parts.next() == Some("statement.yaml") && parts.nth(1) == Some("statements")
}

fn record(bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let document: Document = yaml::parse(bytes)?;
    let id = document.vulnerability_id.trim();
    if id.is_empty() {
        return Err(DocumentError::NoId);
    }
    let releases = document.artifacts.unwrap_or_default();
    if releases.is_empty() {
        gather.skip("commits only");
        return Ok(());
    }
    if releases.len() > RELEASES_MAX {
        return Err(DocumentError::TooMuch);
    }
    let mut packages: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    for Release { id, affected } in releases {
        let (Some((package, version)), Some(affected)) = (coordinates(&id), affected) else {
            gather.note("release that cannot be read");
            continue;
        };
        if !MAVEN.is_valid(&version) {
            gather.note("invalid version");
            continue;
        }
        let versions = packages.entry(package).or_default();
        // Where a version is said to be both, it is affected.
        *versions.entry(version).or_default() |= affected;
    }
    let affected: Vec<Affected> =
        packages.into_iter().filter_map(|(package, versions)| judged(package, versions)).collect();
    if affected.is_empty() {
        gather.skip("no release is affected");
        return Ok(());
    }
    let id = id::cve(id).unwrap_or_else(|| id.to_owned());
    let segment = Segment { name: "maven".to_owned(), scheme: MAVEN, ecosystem: Ecosystem::Maven };
    gather.account(&segment, Advisory { id, affected, ..Advisory::default() });
    Ok(())
}

/// `group:artifact` and version of `pkg:maven/group/artifact@version`.
fn coordinates(purl: &str) -> Option<(String, String)> {
    let rest = purl.trim().strip_prefix("pkg:maven/")?;
    let rest = rest.split(['?', '#']).next()?;
    let (name, version) = rest.rsplit_once('@')?;
    let (group, artifact) = name.split_once('/')?;
    if group.is_empty() || artifact.is_empty() || artifact.contains('/') || version.is_empty() {
        return None;
    }
    Some((format!("{}:{}", decoded(group)?, decoded(artifact)?), decoded(version)?))
}

/// A text with its `%2B` as `+`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        match rest {
            [] => return String::from_utf8(bytes).ok(),
            [b'%', high, low, after @ ..] => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let byte = digit(*high)?.checked_mul(16)?.checked_add(digit(*low)?)?;
                bytes.push(u8::try_from(byte).ok()?);
                rest = after;
            }
            [byte, after @ ..] => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
}

/// What the releases looked at say of a package: versions between two affected ones are affected,
/// unless one that is not lies between them; the first such one behind is where a fix is known.
fn judged(package: String, versions: BTreeMap<String, bool>) -> Option<Affected> {
    let mut sorted: Vec<String> = versions.keys().cloned().collect();
    MAVEN.sort(&mut sorted);
    let mut ranges: Vec<Range> = Vec::new();
    let mut single = Vec::new();
    let mut fixed = false;
    let mut run: Option<(String, String)> = None;
    let mut end = |run: (String, String), ranges: &mut Vec<Range>| {
        if run.0 == run.1 {
            single.push(run.0);
        } else {
            let end = RangeEnd::LastAffected(run.1);
            ranges.push(Range { introduced: Some(run.0), end });
        }
    };
    for version in sorted {
        if versions.get(&version).copied().unwrap_or_default() {
            run = Some(match run.take() {
                Some((first, _)) => (first, version),
                None => (version.clone(), version),
            });
        } else if let Some(run) = run.take() {
            end(run, &mut ranges);
            ranges.push(fix_at(&version));
            fixed = true;
        }
    }
    if let Some(run) = run {
        end(run, &mut ranges);
    }
    if ranges.is_empty() && single.is_empty() {
        return None;
    }
    let status = if fixed { Status::Fixed } else { Status::Affected };
    Some(Affected { package, status, ranges, versions: single, ..Affected::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_between_affected_ones_are_affected() {
        let releases = [
            ("2.0.5", true),
            ("2.10.1", true),
            ("2.3.15", false),
            ("2.2.3.1", true),
            ("2.11", false),
            ("3.0", true),
            ("2.9", true),
        ];
        let versions = releases.iter().map(|(version, is)| ((*version).to_owned(), *is)).collect();
        let affected = judged("a:b".to_owned(), versions).unwrap();
        let texts: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [">= 2.0.5, <= 2.2.3.1", ">= 2.3.15, < 2.3.15", ">= 2.9, <= 2.10.1", ">= 2.11, < 2.11",]
        );
        assert_eq!(affected.versions, ["3.0"]);
        let good = BTreeMap::from([("1.0".to_owned(), false)]);
        assert_eq!(judged("a:b".to_owned(), good), None);
    }

    #[test]
    fn package_urls_name_coordinates() {
        for (purl, expected) in [
            ("pkg:maven/org.sand/glass@1.0", Some(("org.sand:glass", "1.0"))),
            ("pkg:maven/org.sand/glass@1.0%2B2?type=jar", Some(("org.sand:glass", "1.0+2"))),
            ("pkg:maven/glass@1.0", None),
            ("pkg:npm/a/b@1.0", None),
            ("pkg:maven/a/b@", None),
            ("pkg:maven/a/b@%zz", None),
            ("pkg:maven/a/b@1%2", Some(("a:b", "1%2"))),
        ] {
            let found = coordinates(purl);
            let found = found.as_ref().map(|(name, version)| (name.as_str(), version.as_str()));
            assert_eq!(found, expected, "{purl}");
        }
    }
}
