//! Photon OS's metadata of vulnerabilities: by package and vulnerability, the present state of one
//! release (<https://packages.vmware.com/photon/photon_cve_metadata/>).

use super::errata::evr;
use super::gather::{Gather, Rank, Segment, Statement};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, id};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "photon-cve",
    title: "Photon OS CVE metadata",
    url: "https://packages.vmware.com/photon/photon_cve_metadata/cve_data_photon{n}.json",
    license: "none stated",
    redistributable: false,
    unit: "pairs of package and vulnerability",
    paths: &[
        "photon/cve_data_photon*.json",
        "packages.vmware.com/photon/photon_cve_metadata/cve_data_photon*.json",
        "packages.broadcom.com/photon/photon_cve_metadata/cve_data_photon*.json",
        "cve_data_photon*.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    cve_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pkg: Option<Text<'a>>,
    #[serde(default)]
    cve_score: Option<f64>,
    #[serde(borrow, default)]
    aff_ver: Option<Text<'a>>,
    #[serde(borrow, default)]
    res_ver: Option<Text<'a>>,
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let name = format!("photon-{}", release(file.path)?);
    let segment = Segment { name, scheme: Scheme::Rpm, ecosystem: Ecosystem::Rpm };
    let entries: Vec<Entry<'_>> = json::parse(file.bytes)?;
    for entry in entries {
        gather.count();
        take(&entry, &segment, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// The release of `cve_data_photon5.0.json`.
fn release(path: &str) -> Result<&str, FeedError> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let release = name.strip_prefix("cve_data_photon").and_then(|rest| rest.strip_suffix(".json"));
    let is_release = |release: &&str| {
        release.len() <= 7
            && release.split('.').count() == 2
            && release.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    release.filter(is_release).ok_or_else(|| FeedError::Release(path.to_owned()))
}

fn take(entry: &Entry<'_>, segment: &Segment, gather: &mut Gather) {
    let text = |text: &Option<Text<'_>>| {
        let text = text.as_ref().map(|text| text.as_str().trim()).unwrap_or_default();
        if text == "NA" { String::new() } else { text.to_owned() }
    };
    let package = text(&entry.pkg);
    let Some(id) = id::cve(&text(&entry.cve_id)).filter(|_| !package.is_empty()) else {
        // Black Duck's own ids, which nobody else can look up, and rests of words.
        gather.skip("no id");
        return;
    };
    let version = text(&entry.res_ver);
    let version = evr(&version);
    let (status, end) = match text(&entry.status).as_str() {
        "Not Affected" => {
            gather.skip("not affected");
            return;
        }
        _ if !version.is_empty() => (Status::Fixed, RangeEnd::Fixed(version.to_owned())),
        // Fixed, but in no version that is told.
        "Fixed" if text(&entry.aff_ver).is_empty() => {
            gather.skip("fixed in no version");
            return;
        }
        _ => (Status::Affected, RangeEnd::Open),
    };
    if !version.is_empty() && !Scheme::Rpm.is_valid(version) {
        gather.note("invalid version");
    }
    let severity = entry.cve_score.map(Severity::from_score);
    let severity = severity.filter(|severity| *severity != Severity::Unknown);
    // The list names source packages, and some packages made from them beside.
    for package in [format!("src:{package}"), package] {
        let ranges = vec![Range { introduced: None, end: end.clone() }];
        let affected = Affected { package, status, ranges, severity, ..Affected::default() };
        let rank = Rank::State;
        gather.state(segment, Statement { id: &id, aliases: &[], date: None, rank, affected });
    }
}
