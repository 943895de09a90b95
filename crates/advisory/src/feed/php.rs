//! FriendsOfPHP's advisories (<https://github.com/FriendsOfPHP/security-advisories>): per branch
//! of a package, the versions that are affected.

use super::gather::{Gather, Segment};
use super::span::{Span, any_of, to_ranges};
use super::yaml::{self, YamlError};
use super::{Feed, FeedError, FeedFile, Gap, bundle, date, id};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

const COMPOSER: Scheme = Scheme::Composer;

/// What the volunteers' collection lacks.
const NOT_ALL: Gap =
    Gap { weight: 2, lacking: "those reported to FriendsOfPHP, not all there are" };

/// Branches and conditions read of one document; real ones have some sixty.
const CONDITIONS_MAX: usize = 10_000;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "friendsofphp",
    title: "FriendsOfPHP",
    url: "https://codeload.github.com/FriendsOfPHP/security-advisories/zip/master",
    license: "Unlicense",
    redistributable: true,
    unit: "documents",
    paths: &[
        "friendsofphp-security-advisories.tar.gz",
        "packagist/friendsofphp-security-advisories.tar.gz",
        "FriendsOfPHP/security-advisories*.zip",
        "FriendsOfPHP/security-advisories*.tar.gz",
    ],
    left_out: &[],
    gaps: &[("*", NOT_ALL), ("*/*", NOT_ALL)],
    parse,
};

#[derive(Deserialize)]
struct Document {
    reference: String,
    #[serde(default)]
    cve: Option<String>,
    #[serde(default)]
    branches: BTreeMap<String, Branch>,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    versions: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error(transparent)]
    Yaml(#[from] YamlError),
    #[error("`{0}` is no package of Composer")]
    Package(String),
    #[error("`{0}` is no condition of Composer")]
    Condition(String),
    #[error("the document has more than {CONDITIONS_MAX} conditions")]
    TooMuch,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    bundle::files(file.bytes, &is_document, &mut |path, bytes| {
        gather.count();
        if path.split('/').any(|part| part.starts_with('.')) {
            gather.skip("what the repository keeps for itself");
        } else if let Err(error) = record(path, bytes, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// `vendor/package/ID.yaml`.
fn is_document(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "yaml")
}

fn record(path: &str, bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let document: Document = yaml::parse(bytes)?;
    let name = document.reference.trim().strip_prefix("composer://");
    let name = name.filter(|name| name.split('/').filter(|part| !part.is_empty()).count() == 2);
    let Some(name) = name else { return Err(DocumentError::Package(document.reference)) };

    let mut spans = Vec::new();
    let mut conditions = 0_usize;
    for branch in document.branches.values() {
        let versions = branch.versions.as_deref().unwrap_or_default();
        conditions = conditions.saturating_add(versions.len());
        if conditions > CONDITIONS_MAX {
            return Err(DocumentError::TooMuch);
        }
        let mut span = (!versions.is_empty()).then_some(Span::ALL);
        for condition in versions {
            let one = one_condition(condition)
                .ok_or_else(|| DocumentError::Condition(condition.clone()))?;
            span = span.and_then(|span| span.and(&one, COMPOSER));
        }
        spans.extend(span);
    }
    let ranges = to_ranges(&any_of(spans, COMPOSER), COMPOSER);
    if ranges.is_empty() {
        gather.skip("no versions");
        return Ok(());
    }
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    let affected = Affected {
        package: filed_under(Ecosystem::Composer, name).into_owned(),
        status: if fixed { Status::Fixed } else { Status::Affected },
        ranges,
        ..Affected::default()
    };
    let days = document.branches.values().filter_map(|branch| day(branch.time.as_deref()?));
    let advisory = Advisory {
        id: record_id(path, document.cve.as_deref(), name),
        published: days.min(),
        affected: vec![affected],
        ..Advisory::default()
    };
    let segment =
        Segment { name: "packagist".to_owned(), scheme: COMPOSER, ecosystem: Ecosystem::Composer };
    gather.account(&segment, advisory);
    Ok(())
}

/// A day, with or without a time behind it.
fn day(text: &str) -> Option<i64> {
    date::day(text.trim().get(..10)?)
}

/// The CVE; else the GHSA the file is named after; else the file's own place, which the projects
/// of the collection also use as its id.
fn record_id(path: &str, cve: Option<&str>, package: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if let Some(cve) = cve.and_then(id::cve) {
        cve
    } else if stem.starts_with("GHSA-") {
        stem.to_owned()
    } else {
        format!("{package}/{stem}")
    }
}

fn one_condition(condition: &str) -> Option<Span> {
    let condition = condition.trim();
    let at = condition.find(|c: char| !matches!(c, '=' | '!' | '<' | '>'))?;
    let (operator, version) = condition.split_at_checked(at)?;
    let version = version.trim();
    if !COMPOSER.is_valid(version) {
        return None;
    }
    Some(match operator {
        "" | "=" | "==" => Span::exactly(version),
        ">" => Span::above(version),
        "<" => Span::below(version),
        // For Composer a line begins with its pre-releases, unless the condition names one.
        ">=" if is_plain(version) => Span::at_least(&format!("{version}-dev")),
        ">=" => Span::at_least(version),
        "<=" => Span::at_most(version),
        _ => return None,
    })
}

/// Whether a version is numbers only.
fn is_plain(version: &str) -> bool {
    let numbers = version.trim_start_matches('v');
    numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_of_what_composer_says() {
        for (condition, expected) in [
            (">=2.0.0", ">= 2.0.0-dev"),
            (">=2.0.0-beta1", ">= 2.0.0-beta1"),
            ("<2.0.99", "< 2.0.99"),
            ("< 2.0", "< 2.0"),
            ("<=2.3.2-p2", "<= 2.3.2-p2"),
            (">3.2", ">= 3.2.0.1"),
            ("==1.0", ">= 1.0, <= 1.0"),
        ] {
            let span = one_condition(condition).unwrap();
            assert_eq!(to_ranges(&[span], COMPOSER)[0].to_string(), expected, "{condition}");
        }
        for wrong in ["", ">=", "dev-master", ">=dev-master", "~1.0", "!=1.0"] {
            assert!(one_condition(wrong).is_none(), "{wrong}");
        }
    }
}
