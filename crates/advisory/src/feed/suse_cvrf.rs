//! SUSE's CVRF documents: the same announcements and vulnerabilities as its CSAF, in XML, and what
//! was fixed only (<https://docs.oasis-open.org/csaf/csaf-cvrf/v1.2/csaf-cvrf-v1.2.html>).

use super::csaf_statements::severity;
use super::gather::{Gather, Rank, Segment};
use super::rpm_rows::{Rows, Wanted};
use super::suse::{FIXES, located};
use super::{Feed, FeedError, FeedFile, bundle, date, id, json, score};
use lazaret_core::advisory::Advisory;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "suse-cvrf",
    title: "SUSE CVRF",
    url: "https://ftp.suse.com/pub/projects/security/cvrf1.2/",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "documents",
    paths: &[
        "suse/cvrf1.2/cvrf-*.xml",
        "suse/cvrf1.2.tar.bz2",
        "suse/cvrf-cve/cvrf-*.xml",
        "suse/cvrf-cve.tar.bz2",
        "ftp.suse.com/pub/projects/security/cvrf1.2/cvrf-*.xml",
        "ftp.suse.com/pub/projects/security/cvrf1.2.tar.bz2",
        "ftp.suse.com/pub/projects/security/cvrf-cve/cvrf-*.xml",
        "ftp.suse.com/pub/projects/security/cvrf-cve.tar.bz2",
    ],
    left_out: &[],
    gaps: &[
        ("suse/*", FIXES),
        ("suse/*/*", FIXES),
        ("ftp.suse.com/pub/projects/security/*", FIXES),
        ("ftp.suse.com/pub/projects/security/*/*", FIXES),
    ],
    parse,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(rename = "DocumentType")]
    kind: String,
    #[serde(rename = "DocumentTracking")]
    tracking: Tracking,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default, rename = "Vulnerability")]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tracking {
    identification: Identification,
    initial_release_date: Option<String>,
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Identification {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Default, Deserialize)]
struct Tree {
    #[serde(default, rename = "Relationship")]
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
struct Relationship {
    #[serde(rename = "@ProductReference")]
    component: String,
    #[serde(rename = "@RelatesToProductReference")]
    product: String,
    #[serde(rename = "FullProductName")]
    whole: FullProductName,
}

#[derive(Deserialize)]
struct FullProductName {
    #[serde(rename = "@ProductID")]
    id: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default, rename = "CVE")]
    cve: Option<String>,
    #[serde(default, rename = "ProductStatuses")]
    statuses: Statuses,
    #[serde(default, rename = "Threats")]
    threats: Threats,
    #[serde(default, rename = "CVSSScoreSets")]
    scores: Scores,
}

#[derive(Default, Deserialize)]
struct Statuses {
    #[serde(default, rename = "Status")]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "@Type")]
    kind: String,
    #[serde(default, rename = "ProductID")]
    products: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Threats {
    #[serde(default, rename = "Threat")]
    threats: Vec<Threat>,
}

#[derive(Deserialize)]
struct Threat {
    #[serde(rename = "@Type")]
    kind: String,
    #[serde(default, rename = "Description")]
    description: Option<String>,
}

#[derive(Default, Deserialize)]
struct Scores {
    #[serde(default, rename = "$value")]
    sets: Vec<ScoreSet>,
}

#[derive(Default, Deserialize)]
struct ScoreSet {
    #[serde(
        default,
        alias = "VectorV2",
        alias = "VectorV3",
        alias = "VectorV4",
        rename = "Vector"
    )]
    vector: Option<String>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    if bundle::is_archive(file.path) {
        bundle::files(file.bytes, &|path| bundle::is_named(path, "xml"), &mut |path, bytes| {
            if let Err(error) = document(bytes, gather) {
                gather.refuse_record(file.path, path, &error);
            }
        })?;
        return if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) };
    }
    document(&bundle::unpacked(file.bytes)?, gather)
}

fn document(bytes: &[u8], gather: &mut Gather) -> Result<(), FeedError> {
    if let Err(error @ FeedError::Empty) = json::expect_data(bytes, "CVRF") {
        return Err(error);
    }
    let start = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    if String::from_utf8_lossy(start).to_ascii_lowercase().contains("<html") {
        return Err(FeedError::WebPage("CVRF"));
    }
    let document: Document = quick_xml::de::from_reader(bytes).map_err(FeedError::XmlShape)?;
    gather.count();
    if document.kind == "SUSE Image" {
        gather.skip("an image, not a distribution");
        return Ok(());
    }
    let mut parts: BTreeMap<&str, &Relationship> = BTreeMap::new();
    for relationship in &document.product_tree.relationships {
        parts.insert(&relationship.whole.id, relationship);
    }
    let (mut listed, mut told) = (false, false);
    for vulnerability in &document.vulnerabilities {
        let Some(id) = vulnerability.cve.as_deref().and_then(id::cve) else {
            gather.note("vulnerability without a CVE");
            continue;
        };
        listed |= !vulnerability.statuses.statuses.is_empty();
        told |= tell(id, vulnerability, &document.tracking, &parts, gather);
    }
    if !told {
        gather.skip(if listed { "nothing affected in the distribution" } else { "no products" });
    }
    Ok(())
}

/// Tells what was fixed of one vulnerability; whether that was anything.
fn tell(
    id: String,
    vulnerability: &Vulnerability,
    tracking: &Tracking,
    parts: &BTreeMap<&str, &Relationship>,
    gather: &mut Gather,
) -> bool {
    let mut rows = Rows::default();
    let fixed =
        vulnerability.statuses.statuses.iter().filter(|status| {
            matches!(status.kind.as_str(), "Fixed" | "First Fixed" | "Recommended")
        });
    for part in fixed.flat_map(|status| &status.products) {
        let Some(part) = parts.get(part.as_str()) else {
            gather.note("product as a whole");
            continue;
        };
        match located(&part.product, &part.component) {
            Err(why) => gather.note(why),
            Ok(located) => {
                for one in located {
                    match one.version {
                        Some(_) if one.source => gather.note("source package of a fix"),
                        Some(version) => rows.fix(one.key, one.stream, "", version, None, gather),
                        None => gather.note("fixed without a version"),
                    }
                }
            }
        }
    }
    if rows.is_empty() {
        return false;
    }
    let words = vulnerability.threats.threats.iter().filter(|threat| threat.kind == "Impact");
    let vectors = vulnerability.scores.sets.iter().filter_map(|set| set.vector.as_deref());
    let moment = |text: &Option<String>| text.as_deref().and_then(date::moment);
    let announcement = tracking.identification.id.trim();
    let is_announcement = id::cve(announcement.trim_start_matches("SUSE ")).is_none();
    let about = Advisory {
        id,
        aliases: is_announcement.then(|| announcement.to_owned()).into_iter().collect(),
        severity: words.filter_map(|threat| severity(threat.description.as_deref()?)).max(),
        scores: vectors.filter_map(|vector| score::vector(vector.trim())).collect(),
        published: moment(&tracking.initial_release_date),
        modified: moment(&tracking.current_release_date),
        ..Advisory::default()
    };
    let wanted = Wanted { severity: about.severity, whole: false };
    for (name, rows) in rows.finish(wanted, gather) {
        let segment = Segment { name, scheme: Scheme::Rpm, ecosystem: Ecosystem::Rpm };
        let (implied, said): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.implied);
        for (rank, rows) in [(Rank::Excerpt, implied), (Rank::Advisory, said)] {
            let affected = rows.into_iter().map(|row| row.affected).collect();
            gather.statements(&segment, rank, Advisory { affected, ..about.clone() });
        }
    }
    true
}
