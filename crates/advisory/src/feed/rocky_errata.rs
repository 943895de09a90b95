//! Rocky Linux's errata as its own server gives them: pages of JSON, with the packages of every
//! processor architecture (<https://errata.rockylinux.org/api/v2/advisories>).

use super::errata::{Builds, Erratum, evr, severity};
use super::gather::{Gather, Segment};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, date, id, score};
use crate::module::is_modular;
use lazaret_core::advisory::Score;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "rocky-errata",
    title: "Rocky Linux errata, JSON",
    url: "https://errata.rockylinux.org/api/v2/advisories?page={n}",
    license: "BSD-3-Clause",
    redistributable: true,
    unit: "advisories",
    paths: &["rocky-errata/*.json", "errata.rockylinux.org/api/v2/*.json"],
    left_out: &[],
    gaps: &[],
    parse,
};

const SCHEME: Scheme = Scheme::Rpm;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    advisories: Vec<Record<'a>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
    #[serde(borrow, default)]
    published_at: Option<Text<'a>>,
    #[serde(borrow, default)]
    updated_at: Option<Text<'a>>,
    #[serde(borrow, default)]
    cves: Option<Vec<Vulnerability<'a>>>,
    #[serde(borrow, default)]
    packages: Option<Vec<Package<'a>>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    cve: Option<Text<'a>>,
    #[serde(borrow, default)]
    cvss3_scoring_vector: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    nevra: Text<'a>,
    #[serde(borrow, default)]
    module_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    module_stream: Option<Text<'a>>,
    #[serde(borrow, default)]
    product_name: Option<Text<'a>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let page: Page<'_> = json::parse(file.bytes)?;
    for record in page.advisories {
        gather.count();
        take(&record, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn take(record: &Record<'_>, gather: &mut Gather) {
    let name = record.name.as_str().trim();
    if record.kind.as_ref().is_none_or(|kind| kind.as_str() != "Security") {
        gather.skip("no vulnerability");
        return;
    }
    let mut found: BTreeMap<String, Builds> = BTreeMap::new();
    for package in record.packages.iter().flatten() {
        let Some(release) = package.product_name.as_ref().and_then(|text| release(text.as_str()))
        else {
            gather.note("unknown release");
            continue;
        };
        let Some((name, version, arch)) = split(package.nevra.as_str().trim()) else {
            gather.note("invalid version");
            continue;
        };
        if arch == "src" {
            continue;
        }
        let module = match (&package.module_name, &package.module_stream) {
            (Some(name), Some(stream)) if is_modular(&version) => {
                Some(format!("{}:{}", name.as_str(), stream.as_str()))
            }
            _ => None,
        };
        let builds = found.entry(format!("rocky-{release}")).or_default();
        builds.add(name, module.as_deref(), &version, Some(arch));
    }
    if found.values().all(Builds::is_empty) || name.is_empty() {
        gather.skip("no versions");
        return;
    }
    let mut vulnerabilities: BTreeMap<String, Vec<Score>> = BTreeMap::new();
    for vulnerability in record.cves.iter().flatten() {
        let id = vulnerability.cve.as_ref().and_then(|text| id::cve(text.as_str().trim()));
        let Some(id) = id else { continue };
        let vector = vulnerability.cvss3_scoring_vector.as_ref().map(|text| text.as_str().trim());
        let score = vector.filter(|text| !text.is_empty()).and_then(score::vector);
        vulnerabilities.entry(id).or_default().extend(score);
    }
    if vulnerabilities.is_empty() {
        vulnerabilities.insert(name.to_owned(), Vec::new());
    }
    let moment =
        |text: &Option<Text<'_>>| text.as_ref().and_then(|text| date::moment(text.as_str()));
    let erratum = Erratum {
        id: name.to_owned(),
        severity: record.severity.as_ref().and_then(|word| severity(word.as_str())),
        published: moment(&record.published_at),
        modified: moment(&record.updated_at),
    };
    for (name, builds) in found {
        let segment = Segment { name, scheme: SCHEME, ecosystem: Ecosystem::Rpm };
        let rows = builds.into_affected();
        for (id, scores) in &vulnerabilities {
            erratum.file(&segment, id, scores.clone(), rows.clone(), gather);
        }
    }
}

/// The release of `Rocky Linux 10 aarch64`; none of `Rocky Linux SIG Cloud 8 x86_64`.
fn release(product: &str) -> Option<&str> {
    let release = product.strip_prefix("Rocky Linux ")?.split([' ', '.']).next()?;
    let fits = (1..=3).contains(&release.len()) && release.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(release)
}

/// Name, version and architecture of `delve-0:1.25.2-1.el10_1.aarch64.rpm`.
fn split(nevra: &str) -> Option<(&str, String, &str)> {
    let (rest, arch) = nevra.strip_suffix(".rpm").unwrap_or(nevra).rsplit_once('.')?;
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let version = format!("{}-{release}", evr(version));
    (!name.is_empty() && SCHEME.is_valid(&version)).then_some((name, version, arch))
}
