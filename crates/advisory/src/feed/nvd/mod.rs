//! The National Vulnerability Database's feed files, version 2.0
//! (<https://nvd.nist.gov/vuln/data-feeds>) and the retired 1.1.
//!
//! A record goes two ways: its scores, weaknesses and date to the segment `nvd`, which is asked by
//! CVE id, and the programs its configurations name to the segment `programs`.

mod configuration;
mod cpe;
mod old;
mod stream;

use super::bundle::unpacked;
use super::gather::{Gather, Segment};
use super::json::Text;
use super::{Feed, FeedError, FeedFile, Gap, date, id, score};
use configuration::Configuration;
use lazaret_core::advisory::{Advisory, Score};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// What the retired files lack.
const RETIRED: Gap = Gap {
    weight: 1,
    lacking: "the retired files of the National Vulnerability Database, without what came later",
};

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "nvd",
    title: "National Vulnerability Database",
    url: "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz",
    license: "LicenseRef-US-Government-Work",
    redistributable: true,
    unit: "CVE records",
    paths: &[
        "nvd/nvdcve-2.0-*.json",
        "nvd/nvdcve-2.0-*.json.gz",
        "nvd/nvdcve-1.1-*.json",
        "nvd/nvdcve-1.1-*.json.gz",
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-*.json.gz",
    ],
    left_out: &[],
    gaps: &[("nvd/nvdcve-1.1-*", RETIRED)],
    parse,
};

/// Programs have versions of every kind. Numbers with letters behind them are what most have in
/// common, OpenSSL's `1.0.2k` among them.
const SCHEME: Scheme = Scheme::Letters;

/// Texts that mark a record as void, in its description.
const VOID: [&str; 3] = ["** REJECT **", "Rejected reason:", "DO NOT USE THIS CANDIDATE NUMBER"];

#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow)]
    cve: Record<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    vuln_status: Option<Text<'a>>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    last_modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    descriptions: Option<Vec<Described<'a>>>,
    #[serde(borrow, default)]
    metrics: Metrics<'a>,
    #[serde(borrow, default)]
    weaknesses: Option<Vec<Weakness<'a>>>,
    #[serde(borrow, default)]
    configurations: Option<Vec<Configuration<'a>>>,
}

#[derive(Deserialize)]
struct Described<'a> {
    #[serde(borrow, default)]
    value: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Weakness<'a> {
    #[serde(borrow, default)]
    description: Option<Vec<Described<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics<'a> {
    #[serde(borrow, default, rename = "cvssMetricV40")]
    v40: Vec<Metric<'a>>,
    #[serde(borrow, default, rename = "cvssMetricV31")]
    v31: Vec<Metric<'a>>,
    #[serde(borrow, default, rename = "cvssMetricV30")]
    v30: Vec<Metric<'a>>,
    #[serde(borrow, default, rename = "cvssMetricV2")]
    v2: Vec<Metric<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric<'a> {
    /// `Primary` is the NVD's own word, `Secondary` that of whoever assigned or enriched the CVE.
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    cvss_data: Option<CvssData<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CvssData<'a> {
    #[serde(borrow, default)]
    vector_string: Option<Text<'a>>,
}

/// A record of either version.
struct Facts<'a> {
    id: String,
    is_void: bool,
    published: Option<i64>,
    modified: Option<i64>,
    /// Vectors of CVSS 3, 4 and 2; the first of each is the one that counts.
    vectors: [Option<&'a str>; 3],
    cwes: BTreeSet<&'a str>,
}

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
enum Odd {
    #[error("it names no CVE")]
    Id,
    #[error("it has another shape than records of this feed")]
    Json(#[source] serde_json::Error),
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let bytes = unpacked(file.bytes)?;
    stream::records(&bytes, &mut |kind, raw| {
        gather.count();
        let read = match kind {
            stream::Kind::Current => current(raw, gather),
            stream::Kind::Old => old::record(raw, gather),
        };
        if let Err(odd) = read {
            let record = gather.records().to_string();
            gather.refuse_record(file.path, &record, &odd);
        }
    })?;
    if gather.records() == 0 {
        return Err(FeedError::NoRecords);
    }
    Ok(())
}

fn current(raw: &RawValue, gather: &mut Gather) -> Result<(), Odd> {
    let Wrapped { cve } = serde_json::from_str(raw.get()).map_err(Odd::Json)?;
    let Metrics { v40, v31, v30, v2 } = &cve.metrics;
    let described = cve.descriptions.iter().flatten().filter_map(|text| text.value.as_ref());
    let weaknesses = cve.weaknesses.iter().flatten().flat_map(|weakness| &weakness.description);
    let status = cve.vuln_status.as_ref().map_or("", Text::as_str);
    let facts = Facts {
        id: id::cve(cve.id.as_str().trim()).ok_or(Odd::Id)?,
        is_void: status.eq_ignore_ascii_case("rejected")
            || described.map(Text::as_str).any(is_void),
        published: cve.published.as_ref().and_then(|text| moment(text.as_str())),
        modified: cve.last_modified.as_ref().and_then(|text| moment(text.as_str())),
        vectors: [chosen(v31.iter().chain(v30)), chosen(v40.iter()), chosen(v2.iter())],
        cwes: weaknesses.flatten().filter_map(|text| cwe(text.value.as_ref()?.as_str())).collect(),
    };
    add(&facts, cve.configurations.as_deref().unwrap_or_default(), gather);
    Ok(())
}

/// The vector that counts: the NVD's own before those of others, then the first.
fn chosen<'a>(metrics: impl Iterator<Item = &'a Metric<'a>>) -> Option<&'a str> {
    let vectors = metrics.filter_map(|metric| {
        let vector = metric.cvss_data.as_ref()?.vector_string.as_ref()?.as_str();
        let is_primary = metric.kind.as_ref().is_some_and(|kind| kind.as_str() == "Primary");
        Some((!is_primary, vector))
    });
    // The first of the least.
    vectors.min_by_key(|(is_secondary, _)| *is_secondary).map(|(_, vector)| vector)
}

fn is_void(description: &str) -> bool {
    let start = description.trim_start();
    VOID.iter().any(|mark| start.starts_with(mark)) || start.contains("DO NOT USE THIS CANDIDATE")
}

/// A weakness, unless it is one of the NVD's words for none (`NVD-CWE-noinfo`, `NVD-CWE-Other`).
fn cwe(text: &str) -> Option<&str> {
    let text = text.trim();
    let number = text.strip_prefix("CWE-")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// A time such as `2021-12-10T10:15:09.143` or, in the old files, `2022-10-20T07:00Z`; both are UTC.
fn moment(text: &str) -> Option<i64> {
    let (day, time) = text.trim().split_once('T')?;
    let mut parts = time.trim_end_matches('Z').splitn(3, ':');
    let hours: i64 = parts.next()?.parse().ok().filter(|hours| (0..24).contains(hours))?;
    let minutes: i64 = parts.next()?.parse().ok().filter(|minutes| (0..60).contains(minutes))?;
    let seconds = parts.next().map_or("0", |text| text.split('.').next().unwrap_or("0"));
    let seconds: i64 = seconds.parse().ok().filter(|seconds| (0..60).contains(seconds))?;
    let of_day = hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?;
    date::day(day)?.checked_add(of_day)?.checked_add(seconds)
}

/// Adds what a record says to both segments.
fn add(facts: &Facts<'_>, configurations: &[Configuration<'_>], gather: &mut Gather) {
    if facts.is_void {
        gather.skip("rejected");
        return;
    }
    let mut scores: Vec<Score> = Vec::new();
    for vector in facts.vectors.into_iter().flatten() {
        match score::vector(&essential(vector)) {
            Some(score) => scores.push(score),
            None => gather.note("vector that is none"),
        }
    }
    let severity = scores.first().map(|score| Severity::from_score(score.score));
    let about = Advisory {
        id: facts.id.clone(),
        severity: severity.filter(|severity| *severity != Severity::Unknown),
        scores,
        cwes: facts.cwes.iter().map(|cwe| (*cwe).to_owned()).collect(),
        published: facts.published,
        modified: facts.modified,
        ..Advisory::default()
    };
    let affected = configuration::affected(configurations, gather);
    if !affected.is_empty() {
        let programs = Advisory {
            id: facts.id.clone(),
            published: facts.published,
            modified: facts.modified,
            affected,
            ..Advisory::default()
        };
        gather.document(&segment("programs"), programs);
    }
    if about.scores.is_empty() && about.cwes.is_empty() && about.published.is_none() {
        gather.skip("nothing but its id");
        return;
    }
    gather.document(&segment("nvd"), about);
}

fn segment(name: &str) -> Segment {
    Segment { name: name.to_owned(), scheme: SCHEME, ecosystem: Ecosystem::Generic }
}

/// A vector without the metrics that say nothing: the NVD writes out all of CVSS 4's.
fn essential(vector: &str) -> String {
    let said = vector.trim().split('/').filter(|part| !part.ends_with(":X"));
    said.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected numbers by `date -u -d … +%s`.
    #[test]
    fn times_of_both_versions_are_read() {
        assert_eq!(moment("2021-12-10T10:15:09.143"), Some(1_639_131_309));
        assert_eq!(moment("2022-10-20T07:00Z"), Some(1_666_249_200));
        for text in ["", "2021-12-10", "2021-12-10T", "2021-12-10T25:00Z", "2021-12-10T10:xxZ"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn metrics_that_say_nothing_are_left_out_of_vectors() {
        assert_eq!(essential("CVSS:4.0/AV:N/AC:L/E:X/CR:X/U:Red"), "CVSS:4.0/AV:N/AC:L/U:Red");
        assert_eq!(essential("AV:N/AC:L/Au:N/C:C/I:C/A:C"), "AV:N/AC:L/Au:N/C:C/I:C/A:C");
    }
}
