//! A Trivy database: `trivy.db`, as `trivy-db` version 2 builds it
//! (<https://github.com/aquasecurity/trivy-db>).
//!
//! A bucket a source and release holds a bucket a package, and that a JSON document a
//! vulnerability. Severities, scores and dates are in a bucket of their own, by vulnerability.
//! Red Hat's bucket has a form of its own ([`super::red_hat`]).

use super::bbolt::{Bolt, BoltError, Bucket, Value};
use super::bucket::{About, about};
use super::constraint::Constraint;
use super::draft::{Draft, Tally};
use super::red_hat;
use super::{Emit, ImportError};
use crate::first_seen::newest_of;
use crate::name::filed_under;
use crate::records::SourceInfo;
use lazaret_core::advisory::{Advisory, Affected, Conditions, Range, RangeEnd, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const FEED: &str = "trivy-db";
const URL: &str = "https://github.com/aquasecurity/trivy-db";
/// Buckets that hold no statements about packages.
const OTHERS: [&str; 5] =
    ["vulnerability", "data-source", "advisory-detail", red_hat::BUCKET, red_hat::CPE_BUCKET];

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Document {
    #[serde(rename = "VendorIDs")]
    vendor_ids: Vec<String>,
    arches: Vec<String>,
    status: u8,
    severity: u8,
    fixed_version: String,
    affected_version: String,
    vulnerable_versions: Vec<String>,
    patched_versions: Vec<String>,
    unaffected_versions: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Detail {
    #[serde(rename = "CweIDs")]
    cwe_ids: Vec<String>,
    vendor_severity: BTreeMap<String, u8>,
    #[serde(rename = "CVSS")]
    cvss: BTreeMap<String, Vectors>,
    published_date: Option<String>,
    last_modified_date: Option<String>,
}

impl Detail {
    fn published(&self) -> Option<i64> {
        self.published_date.as_deref().and_then(moment)
    }

    fn modified(&self) -> Option<i64> {
        self.last_modified_date.as_deref().and_then(moment)
    }

    /// The severity that a source gives, else NVD's.
    fn severity(&self, source: &str) -> Option<Severity> {
        let of = |source: &str| self.vendor_severity.get(source).copied().and_then(severity);
        of(source).or_else(|| of("nvd"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vectors {
    #[serde(rename = "V3Vector")]
    v3: String,
    #[serde(rename = "V3Score")]
    v3_score: f64,
    #[serde(rename = "V40Vector")]
    v40: String,
    #[serde(rename = "V40Score")]
    v40_score: f64,
}

#[derive(Deserialize)]
struct DataSource {
    #[serde(rename = "ID", default)]
    id: String,
}

/// Reads a Trivy database, one segment after the other.
pub(super) fn read(bytes: &[u8], emit: Emit<'_>) -> Result<Tally, ImportError> {
    let bolt = Bolt::open(bytes)?;
    let root = bolt.root();
    let details = Details(bucket(root, b"vulnerability")?);
    let sources = bucket(root, b"data-source")?;
    let mut tally = Tally::new(FEED);
    // The buckets of each segment: a registry has one for every source that speaks of it.
    let mut segments: BTreeMap<String, Vec<(&[u8], About)>> = BTreeMap::new();
    root.each(&mut |key, value| -> Result<(), ImportError> {
        let (Ok(name), Value::Bucket(_)) = (std::str::from_utf8(key), value) else {
            return Ok(());
        };
        if OTHERS.contains(&name) {
            return Ok(());
        }
        match about(name) {
            Some(about) => {
                segments.entry(about.segment.name.clone()).or_default().push((key, about));
            }
            None => tally.skip("source that is not read"),
        }
        Ok(())
    })?;
    let source_of = |key: &[u8]| -> Result<String, ImportError> {
        Ok(match sources.map(|sources| sources.get(key)).transpose()? {
            Some(Some(Value::Bytes(json))) => serde_json::from_slice::<DataSource>(json)
                .map(|source| source.id)
                .unwrap_or_default(),
            _ => String::new(),
        })
    };
    for (name, buckets) in segments {
        let mut draft = None;
        for (key, about) in &buckets {
            let Some(packages) = bucket(root, key)? else { continue };
            let segment = &about.segment;
            let draft = draft.get_or_insert_with(|| Draft::new(segment.clone()));
            let source = source_of(key)?;
            Import { details, tally: &mut tally, draft }.packages(key, &source, about, packages)?;
        }
        if let Some(draft) = draft.filter(|draft| !draft.is_empty()) {
            emit(name, draft.finish(source_info()))?;
        }
    }
    let source = source_of(red_hat::BUCKET.as_bytes())?;
    let describe = |id: &str, severity: Option<Severity>| {
        let detail = details.of(id)?;
        Ok(Advisory {
            severity: severity.or(detail.severity(&source)),
            ..described(id, &source, &detail)
        })
    };
    for draft in red_hat::read(root, &mut tally, &describe)? {
        emit(draft.name().to_owned(), draft.finish(source_info()))?;
    }
    Ok(tally)
}

/// The time a Trivy database stands for: the newest date of any vulnerability.
pub(super) fn time(bytes: &[u8]) -> Result<Option<i64>, ImportError> {
    let Some(details) = bucket(Bolt::open(bytes)?.root(), b"vulnerability")? else {
        return Ok(None);
    };
    let mut dates = Vec::new();
    details.each(&mut |_, value| -> Result<(), ImportError> {
        if let Value::Bytes(json) = value
            && let Ok(detail) = serde_json::from_slice::<Detail>(json)
        {
            dates.extend(detail.published().or(detail.modified()));
        }
        Ok(())
    })?;
    Ok(newest_of(dates))
}

fn source_info() -> SourceInfo {
    SourceInfo { id: FEED.to_owned(), url: URL.to_owned(), license: "none stated".to_owned() }
}

pub(super) fn bucket<'a>(parent: Bucket<'a>, name: &[u8]) -> Result<Option<Bucket<'a>>, BoltError> {
    Ok(match parent.get(name)? {
        Some(Value::Bucket(bucket)) => Some(bucket),
        _ => None,
    })
}

/// What the database says of vulnerabilities, whatever package they are in.
#[derive(Clone, Copy)]
struct Details<'a>(Option<Bucket<'a>>);

impl Details<'_> {
    fn of(self, id: &str) -> Result<Detail, ImportError> {
        let found = self.0.map(|details| details.get(id.as_bytes())).transpose()?;
        Ok(match found {
            Some(Some(Value::Bytes(json))) => serde_json::from_slice(json).unwrap_or_default(),
            _ => Detail::default(),
        })
    }
}

/// What is read into one segment.
struct Import<'i, 'a> {
    details: Details<'a>,
    tally: &'i mut Tally,
    draft: &'i mut Draft,
}

impl Import<'_, '_> {
    fn packages(
        &mut self,
        bucket: &[u8],
        source: &str,
        about: &About,
        packages: Bucket<'_>,
    ) -> Result<(), ImportError> {
        let bucket = String::from_utf8_lossy(bucket);
        packages.each(&mut |package, value| -> Result<(), ImportError> {
            let (Ok(package), Value::Bucket(ids)) = (std::str::from_utf8(package), value) else {
                self.tally.note("package that is no bucket");
                return Ok(());
            };
            ids.each(&mut |id, value| -> Result<(), ImportError> {
                let (Ok(id), Value::Bytes(json)) = (std::str::from_utf8(id), value) else {
                    self.tally.note("record that is no document");
                    return Ok(());
                };
                self.tally.record();
                match serde_json::from_slice::<Document>(json) {
                    Ok(document) => self.document(source, about, package, id, &document)?,
                    Err(error) => self.tally.refuse(format!("{bucket}/{package}/{id}"), &error),
                }
                Ok(())
            })
        })
    }

    fn document(
        &mut self,
        source: &str,
        about: &About,
        package: &str,
        id: &str,
        document: &Document,
    ) -> Result<(), ImportError> {
        let Some(affected) = self.affected(about, package, document) else { return Ok(()) };
        // Several sources of one registry speak of the same vulnerability in their own records.
        let own = document.vendor_ids.iter().find(|own| own.starts_with("GHSA-"));
        let is_os = about.segment.ecosystem.is_os();
        let record = if is_os { id } else { own.map_or(id, String::as_str) };
        let detail = self.details.of(id)?;
        let advisory = self.draft.advisory(record, || described(record, source, &detail));
        advisory.aliases.push(id.to_owned());
        advisory.aliases.extend(document.vendor_ids.iter().cloned());
        advisory.affected.push(affected);
        Ok(())
    }

    fn affected(&mut self, about: &About, package: &str, document: &Document) -> Option<Affected> {
        let status = Status::ALL.get(usize::from(document.status)).copied().unwrap_or_default();
        let mut ranges = Vec::new();
        let mut versions = Vec::new();
        if about.segment.ecosystem.is_os() {
            let introduced = (!document.affected_version.is_empty())
                .then(|| document.affected_version.trim_start_matches(">=").trim().to_owned());
            let end = match document.fixed_version.as_str() {
                "" => RangeEnd::Open,
                fixed => RangeEnd::Fixed(fixed.to_owned()),
            };
            if status != Status::NotAffected {
                ranges.push(Range { introduced, end });
            }
        } else {
            for text in &document.vulnerable_versions {
                let Some(constraint) = Constraint::parse(text) else {
                    self.tally.note("constraint that is not understood");
                    continue;
                };
                if constraint.widened {
                    self.tally.note("bound taken one version too wide");
                }
                ranges.extend(constraint.ranges);
                versions.extend(constraint.versions);
            }
            if ranges.is_empty() && versions.is_empty() {
                self.tally.skip(
                    if document.patched_versions.is_empty()
                        && document.unaffected_versions.is_empty()
                    {
                        "no versions"
                    } else {
                        "only says which versions are not affected"
                    },
                );
                return None;
            }
        }
        let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
        let status = match (status, fixed) {
            (Status::Unknown, true) => Status::Fixed,
            (Status::Unknown, false) => Status::Affected,
            (status, _) => status,
        };
        let name = filed_under(about.segment.ecosystem, package);
        let package = match about.segment.ecosystem {
            Ecosystem::Rpm if about.by_source => format!("src:{name}"),
            _ => name.into_owned(),
        };
        let conditions = Conditions {
            arches: document.arches.clone(),
            module: None,
            channel: about.channel.clone(),
        };
        Some(Affected {
            imports: Vec::new(),
            package,
            status,
            ranges,
            versions,
            severity: severity(document.severity),
            conditions,
        })
    }
}

/// A record with what the database says of the vulnerability: the source's own severity and scores,
/// else NVD's.
fn described(record: &str, source: &str, detail: &Detail) -> Advisory {
    let scores = |source: &str| {
        let vectors = detail.cvss.get(source)?;
        let given = [(&vectors.v40, vectors.v40_score), (&vectors.v3, vectors.v3_score)];
        let scores = given.into_iter().filter(|(vector, _)| !vector.is_empty());
        let scores =
            scores.map(|(vector, score)| Score { vector: vector.clone(), score, source: None });
        let scores: Vec<Score> = scores.collect();
        (!scores.is_empty()).then_some(scores)
    };
    Advisory {
        id: record.to_owned(),
        severity: detail.severity(source),
        scores: scores(source).or_else(|| scores("nvd")).unwrap_or_default(),
        cwes: detail.cwe_ids.clone(),
        published: detail.published(),
        modified: detail.modified(),
        ..Advisory::default()
    }
}

fn moment(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// Trivy counts severities from 0, unknown, to 4, critical.
pub(super) fn severity(code: u8) -> Option<Severity> {
    Some(match code {
        1 => Severity::Low,
        2 => Severity::Medium,
        3 => Severity::High,
        4 => Severity::Critical,
        _ => return None,
    })
}
