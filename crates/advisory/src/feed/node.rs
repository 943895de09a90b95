//! Advisories of the Node.js security working group about Node.js itself and about npm packages
//! (<https://github.com/nodejs/security-wg/tree/main/vuln>).
//!
//! A document says which versions are vulnerable and which are patched, as ranges of npm.

use super::gather::{Gather, Segment};
use super::json::Text;
use super::npm_range::{RangeError, spans};
use super::span::{Span, fix_at, to_ranges, without};
use super::{Feed, FeedError, FeedFile, Gap, bundle, date, id, program, score};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::BTreeSet;

const SEMVER: Scheme = Scheme::Semver;

/// The packages' part has not been kept since 2018.
const UNTIL_2018: Gap = Gap { weight: 3, lacking: "those of the Node.js working group until 2018" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "nodejs",
    title: "Node.js security working group",
    url: "https://codeload.github.com/nodejs/security-wg/tar.gz/refs/heads/main",
    license: "MIT",
    redistributable: true,
    unit: "advisories",
    paths: &[
        "nodejs-security-wg*.tar.gz",
        "npm/nodejs-security-wg*.tar.gz",
        "nodejs/security-wg*.tar.gz",
        "nodejs/security-wg*.zip",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

/// About Node.js itself. Its number is its file's name.
#[derive(Deserialize)]
struct Core<'a> {
    #[serde(borrow, default)]
    cve: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    vulnerable: Text<'a>,
    #[serde(borrow, default)]
    patched: Option<Text<'a>>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
    #[serde(borrow, default)]
    publish_date: Option<Text<'a>>,
}

/// About a package.
#[derive(Deserialize)]
struct Package<'a> {
    id: u64,
    #[serde(borrow)]
    module_name: Text<'a>,
    #[serde(borrow, default)]
    cves: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    vulnerable_versions: Text<'a>,
    #[serde(borrow, default)]
    patched_versions: Option<Text<'a>>,
    #[serde(borrow, default)]
    cvss_vector: Option<Text<'a>>,
    #[serde(default)]
    cvss_score: Option<f64>,
    #[serde(borrow, default)]
    publish_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    updated_at: Option<Text<'a>>,
}

#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error("the document is not the JSON this feed has")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Range(#[from] RangeError),
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    bundle::files(file.bytes, &|path| place(path).is_some(), &mut |path, bytes| {
        let Some((folder, number)) = place(path) else { return };
        gather.count();
        let outcome = match (folder, number) {
            (_, "index") => {
                gather.skip("the same advisories in one file");
                Ok(())
            }
            ("core", number) => core(number, bytes, gather),
            _ => package(bytes, gather),
        };
        if let Err(error) = outcome {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 {
        return Err(FeedError::NoRecords);
    }
    gather.partial(&npm(), UNTIL_2018);
    program::say_which(gather);
    Ok(())
}

/// `vuln/core/NUMBER.json` and `vuln/npm/NUMBER.json`: the folder and the number.
fn place(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplit('/');
    let (stem, extension) = parts.next()?.rsplit_once('.')?;
    let folder = parts.next().filter(|folder| matches!(*folder, "core" | "npm"))?;
    let fits = extension.eq_ignore_ascii_case("json") && parts.next() == Some("vuln");
    fits.then_some((folder, stem))
}

fn npm() -> Segment {
    Segment { name: "npm".to_owned(), scheme: SEMVER, ecosystem: Ecosystem::Npm }
}

fn core(number: &str, bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let core: Core<'_> = serde_json::from_slice(bytes)?;
    let patched = core.patched.as_ref().map(Text::as_str);
    let mut ranges = affected_ranges(core.vulnerable.as_str(), patched)?;
    program::fit(&mut ranges);
    let Some(affected) = affected("node", ranges) else {
        gather.skip("no version is affected");
        return Ok(());
    };
    let mut ids = cves(core.cve);
    if ids.is_empty() {
        ids.push(format!("NSWG-CORE-{number}"));
    }
    // Where one document is about several, each is known by its own number.
    for id in ids {
        let advisory = Advisory {
            id,
            severity: core.severity.as_ref().and_then(|word| score::word(word.as_str())),
            published: core.publish_date.as_ref().and_then(|day| date::day(day.as_str())),
            affected: vec![affected.clone()],
            ..Advisory::default()
        };
        gather.account(&program::segment(), advisory);
    }
    Ok(())
}

fn package(bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let package: Package<'_> = serde_json::from_slice(bytes)?;
    let patched = package.patched_versions.as_ref().map(Text::as_str);
    let ranges = affected_ranges(package.vulnerable_versions.as_str(), patched)?;
    let Some(affected) = affected(package.module_name.as_str().trim(), ranges) else {
        gather.skip("no version is affected");
        return Ok(());
    };
    let vector = package.cvss_vector.as_ref().and_then(|text| score::vector(text.as_str().trim()));
    let severity = match vector {
        Some(_) => None,
        None => package.cvss_score.map(Severity::from_score),
    };
    let day = |text: Option<Text<'_>>| text.and_then(|text| date::day(text.as_str()));
    let advisory = Advisory {
        id: format!("NSWG-ECO-{}", package.id),
        aliases: cves(package.cves),
        severity: severity.filter(|known| *known != Severity::Unknown),
        scores: vector.into_iter().collect(),
        published: day(package.publish_date),
        modified: day(package.updated_at),
        affected: vec![affected],
        ..Advisory::default()
    };
    gather.document(&npm(), advisory);
    Ok(())
}

fn affected(package: &str, ranges: Vec<Range>) -> Option<Affected> {
    if ranges.is_empty() || package.is_empty() {
        return None;
    }
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    let status = if fixed { Status::Fixed } else { Status::Affected };
    Some(Affected { package: package.to_owned(), status, ranges, ..Affected::default() })
}

fn cves(list: Option<Vec<Text<'_>>>) -> Vec<String> {
    let cves: BTreeSet<String> =
        list.unwrap_or_default().iter().filter_map(|text| id::cve(text.as_str().trim())).collect();
    cves.into_iter().collect()
}

/// The vulnerable versions without those that are patched, and where else a fix is.
fn affected_ranges(vulnerable: &str, patched: Option<&str>) -> Result<Vec<Range>, RangeError> {
    let mut patched = match patched {
        Some(text) if !text.trim().is_empty() => spans(text)?,
        _ => Vec::new(),
    };
    // `<0.0.0` is how the working group says that nothing is patched.
    patched.retain(|span| span.and(&Span::at_least("0.0.1-0"), SEMVER).is_some());
    let fixes: Vec<String> = patched.iter().filter_map(Span::first).map(str::to_owned).collect();
    let mut ranges = to_ranges(&without(spans(vulnerable)?, patched, SEMVER), SEMVER);
    if ranges.is_empty() {
        return Ok(ranges);
    }
    for fix in fixes {
        let known = ranges.iter().any(|range| match &range.end {
            RangeEnd::Fixed(end) => SEMVER.compare(end, &fix) == Ok(Ordering::Equal),
            RangeEnd::LastAffected(_) | RangeEnd::Open => false,
        });
        if !known {
            ranges.push(fix_at(&fix));
        }
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_vulnerable_and_not_patched_is_affected() {
        for (vulnerable, patched, expected) in [
            (
                "14.x || 16.x || 18.x",
                Some("^14.20.1 || ^16.17.1 || ^18.9.1"),
                ">= 14.0.0, < 14.20.1 | >= 16.0.0, < 16.17.1 | >= 18.0.0, < 18.9.1",
            ),
            // A line without a patch, up to the one that has it.
            (
                "4.x || 5.x || 6.x",
                Some("^4.8.4 || ^6.11.1"),
                ">= 4.0.0, < 4.8.4 | >= 5.0.0, < 6.11.1",
            ),
            (
                "<= 10",
                Some("^6.14.4 || ^8.11.4 || >= 10.9.0"),
                "< 6.14.4 | >= 7.0.0, < 8.11.4 | >= 9.0.0, < 10.9.0",
            ),
            // A fix that does not touch what is vulnerable is known all the same.
            ("<=1.0.0", Some(">=1.0.1"), "<= 1.0.0 | >= 1.0.1, < 1.0.1"),
            ("<1.0.1", Some(">=1.0.1"), "< 1.0.1"),
            ("<=99.999.99999", Some("<0.0.0"), "every version"),
            ("<=99.999.99999", Some("<=0.0.0"), "every version"),
            ("<=2.0.0", None, "<= 2.0.0"),
            ("1.x", Some("*"), ""),
        ] {
            let ranges = affected_ranges(vulnerable, patched).unwrap();
            let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
            assert_eq!(texts.join(" | "), expected, "{vulnerable} {patched:?}");
        }
    }
}
