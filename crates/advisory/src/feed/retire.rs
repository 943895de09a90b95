//! retire.js's repositories of JavaScript libraries and npm packages
//! (<https://github.com/RetireJS/retire.js/tree/master/repository>).

use super::gather::{Gather, Segment};
use super::json::{self, Text};
use super::npm_range::{is_end_of_line, is_endless};
use super::{Feed, FeedError, FeedFile, Gap, id, score};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

const SEMVER: Scheme = Scheme::Semver;

/// What the libraries lack: most are known by their files, not by a package.
const SOME: Gap = Gap { weight: 3, lacking: "those retire.js knows, not all there are" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "retirejs",
    title: "retire.js",
    url: "https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/{}.json",
    license: "Apache-2.0",
    redistributable: true,
    unit: "vulnerabilities of libraries and packages",
    paths: &[
        "npm/jsrepository-v5.json",
        "npm/npmrepository.json",
        "retire.js/repository/jsrepository-v5.json",
        "retire.js/repository/npmrepository.json",
    ],
    left_out: &[
        ("npm/jsrepository.json", OTHER_FORM),
        ("npm/jsrepository-v6.json", OTHER_FORM),
        ("retire.js/repository/jsrepository.json", OTHER_FORM),
        ("retire.js/repository/jsrepository-v6.json", OTHER_FORM),
    ],
    gaps: &[("npm/*", SOME), ("retire.js/repository/*", SOME)],
    parse,
};

const OTHER_FORM: &str =
    "the vulnerabilities of `jsrepository-v5.json` for another program version";

/// What retire.js calls an outdated package, and everyone a weakness.
const UNMAINTAINED: &str = "CWE-1104";

#[derive(Deserialize)]
struct Library<'a> {
    #[serde(borrow, default)]
    npmname: Option<Text<'a>>,
    #[serde(borrow, default)]
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    below: Option<Text<'a>>,
    #[serde(borrow, rename = "atOrAbove", default)]
    at_or_above: Option<Text<'a>>,
    #[serde(default)]
    excludes: Option<IgnoredAny>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
    #[serde(borrow, default)]
    cwe: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    identifiers: Identifiers<'a>,
    #[serde(borrow, default)]
    info: Vec<Text<'a>>,
}

#[derive(Default, Deserialize)]
struct Identifiers<'a> {
    #[serde(borrow, rename = "CVE", default)]
    cve: Vec<Text<'a>>,
    #[serde(borrow, rename = "githubID", default)]
    github: Option<Text<'a>>,
    #[serde(borrow, default)]
    retid: Option<Text<'a>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let libraries: BTreeMap<Text<'_>, Library<'_>> = json::parse(file.bytes)?;
    // There every key is a package.
    let of_packages = file.path.ends_with("npmrepository.json");
    for (key, library) in &libraries {
        let name = match &library.npmname {
            Some(name) => Some(name.as_str()),
            None if of_packages => Some(key.as_str()),
            None => None,
        };
        for vulnerability in &library.vulnerabilities {
            gather.count();
            match name.map(str::trim) {
                // The example the repository begins with, and a library of nobody.
                _ if matches!(key.as_str(), "retire-example" | "dont check") => {
                    gather.skip("an example");
                }
                Some(name) if !name.is_empty() => record(name, vulnerability, gather),
                _ => gather.skip("a library without a known package"),
            }
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn record(package: &str, vulnerability: &Vulnerability<'_>, gather: &mut Gather) {
    let Some(range) = range(vulnerability) else {
        gather.skip("no versions");
        return;
    };
    let versions = [range.introduced.as_deref(), end(&range)];
    if !versions.into_iter().flatten().all(|version| SEMVER.is_valid(version)) {
        gather.note("invalid version in a range");
    }
    if vulnerability.excludes.is_some() {
        gather.note("excluded versions left out");
    }
    let mut cwes: Vec<String> = Vec::new();
    for cwe in vulnerability.cwe.iter().flatten() {
        cwes.push(cwe.as_str().trim().to_owned());
    }
    let ids = ids(package, vulnerability);
    let unmaintained = cwes.iter().any(|cwe| cwe == UNMAINTAINED)
        && vulnerability.identifiers.cve.is_empty()
        && vulnerability.identifiers.github.is_none();
    let status = match range.end {
        _ if unmaintained => Status::EndOfLife,
        RangeEnd::Fixed(_) => Status::Fixed,
        RangeEnd::LastAffected(_) | RangeEnd::Open => Status::Affected,
    };
    let affected = Affected {
        package: package.to_owned(),
        status,
        ranges: vec![range],
        ..Affected::default()
    };
    // One entry may be about several vulnerabilities, each known by its own number.
    for Named { id, aliases } in ids {
        let advisory = Advisory {
            id,
            aliases,
            severity: vulnerability.severity.as_ref().and_then(|word| score::word(word.as_str())),
            cwes: cwes.clone(),
            affected: vec![affected.clone()],
            ..Advisory::default()
        };
        let segment = Segment { name: "npm".to_owned(), scheme: SEMVER, ecosystem: Ecosystem::Npm };
        gather.account(&segment, advisory);
    }
}

/// The affected versions. A `below` above everything is no fix, and one that only ends a line is
/// none either.
fn range(vulnerability: &Vulnerability<'_>) -> Option<Range> {
    let text = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.as_str().trim().to_owned());
    let introduced = text(&vulnerability.at_or_above).filter(|version| version != "0");
    let end = match text(&vulnerability.below) {
        None if introduced.is_none() => return None,
        None => RangeEnd::Open,
        Some(below) if is_endless(&below) => RangeEnd::Open,
        Some(below) if is_end_of_line(&below) => RangeEnd::LastAffected(below),
        Some(below) => RangeEnd::Fixed(below),
    };
    Some(Range { introduced, end })
}

fn end(range: &Range) -> Option<&str> {
    match &range.end {
        RangeEnd::Fixed(version) | RangeEnd::LastAffected(version) => Some(version),
        RangeEnd::Open => None,
    }
}

/// What an entry is known by.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    id: String,
    aliases: Vec<String>,
}

/// The CVEs; else GitHub's id; else the number at the Node Security Platform, which its successors
/// kept, in one of the links; else retire.js's own number, or the package and where it is fixed.
fn ids(package: &str, vulnerability: &Vulnerability<'_>) -> Vec<Named> {
    let identifiers = &vulnerability.identifiers;
    let github = identifiers.github.as_ref().map(|id| id.as_str().trim().to_owned());
    let platform = vulnerability.info.iter().find_map(|link| platform_number(link.as_str()));
    let cves: Vec<String> =
        identifiers.cve.iter().filter_map(|text| id::cve(text.as_str().trim())).collect();
    // What is known of several together is none of them.
    if cves.len() > 1 {
        return cves.into_iter().map(|id| Named { id, aliases: Vec::new() }).collect();
    }
    let platform = platform.map(|number| format!("NSWG-ECO-{number}"));
    let mut ids = cves.into_iter().chain(github).chain(platform);
    let id = ids.next().unwrap_or_else(|| {
        if let Some(number) = &identifiers.retid {
            format!("retire.js-{}", number.as_str().trim())
        } else {
            let below = vulnerability.below.as_ref().map_or("", Text::as_str);
            format!("retire.js/{package}/{below}")
        }
    });
    vec![Named { id, aliases: ids.collect() }]
}

/// The number in `https://nodesecurity.io/advisories/NUMBER` and what it became.
fn platform_number(link: &str) -> Option<u64> {
    let (_, rest) = link.split_once("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let places = ["nodesecurity.io/advisories/", "npmjs.com/advisories/"];
    let number = places.iter().find_map(|place| rest.strip_prefix(place))?;
    number.trim_end_matches('/').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entry: &str, expected: &[(&str, &[&str])]) {
        let entry: Vulnerability<'_> = serde_json::from_str(entry).unwrap();
        let found = ids("sand", &entry);
        let found: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|named| (named.id.as_str(), named.aliases.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(&str, Vec<&str>)> =
            expected.iter().map(|(id, aliases)| (*id, aliases.to_vec())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_entry_is_known_by_the_best_id_it_has() {
        check(
            r#"{"identifiers":{"CVE":["CVE-2020-0001"],"githubID":"GHSA-a"}}"#,
            &[("CVE-2020-0001", &["GHSA-a"])],
        );
        check(
            r#"{"identifiers":{"CVE":["CVE-2020-0001","CVE-2020-0002"],"githubID":"GHSA-a"}}"#,
            &[("CVE-2020-0001", &[]), ("CVE-2020-0002", &[])],
        );
        check(r#"{"info":["https://nodesecurity.io/advisories/13"]}"#, &[("NSWG-ECO-13", &[])]);
        check(r#"{"info":["https://www.npmjs.com/advisories/782"]}"#, &[("NSWG-ECO-782", &[])]);
        check(r#"{"identifiers":{"retid":"50"}}"#, &[("retire.js-50", &[])]);
        check(r#"{"below":"1.2.3"}"#, &[("retire.js/sand/1.2.3", &[])]);
    }
}
