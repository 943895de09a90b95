//! A Trivy database: `trivy.db`, as `trivy-db` version 2 builds it
//! (<https://github.com/aquasecurity/trivy-db>).
//!
//! A bucket a source and release holds a bucket a package, and that a JSON document a
//! vulnerability. Severities, scores and dates are in a bucket of their own, by vulnerability.
//! Red Hat's bucket files statements by content set and is left out: Red Hat's own feed is to be
//! read for it.

use super::ImportError;
use super::bbolt::{Bolt, BoltError, Bucket, Value};
use super::bucket::{About, about};
use super::constraint::Constraint;
use crate::name::filed_under;
use crate::records::{Counts, Records, Refused, SegmentRecords, SourceInfo};
use lazaret_core::advisory::{Advisory, Affected, Conditions, Range, RangeEnd, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const FEED: &str = "trivy-db";
const URL: &str = "https://github.com/aquasecurity/trivy-db";
/// Refusals that are listed; what is beyond is only counted.
const REFUSED_MAX: usize = 1_000;

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

/// Reads a Trivy database.
pub(super) fn read(bytes: &[u8]) -> Result<Records, ImportError> {
    let bolt = Bolt::open(bytes)?;
    let root = bolt.root();
    let details = bucket(root, b"vulnerability")?;
    let sources = bucket(root, b"data-source")?;
    let mut import =
        Import { details, drafts: BTreeMap::new(), counts: Counts::default(), refused: Vec::new() };
    import.counts.files = 1;
    root.each(&mut |name, value| -> Result<(), ImportError> {
        let (Ok(name), Value::Bucket(packages)) = (std::str::from_utf8(name), value) else {
            return Ok(());
        };
        if matches!(name, "vulnerability" | "data-source" | "advisory-detail") {
            return Ok(());
        }
        let Some(about) = about(name) else {
            import.skip("source that is not read");
            return Ok(());
        };
        let source = match sources.map(|sources| sources.get(name.as_bytes())).transpose()? {
            Some(Some(Value::Bytes(json))) => serde_json::from_slice::<DataSource>(json)
                .map(|source| source.id)
                .unwrap_or_default(),
            _ => String::new(),
        };
        import.packages(name, &source, &about, packages)
    })?;
    Ok(import.finish())
}

fn bucket<'a>(parent: Bucket<'a>, name: &[u8]) -> Result<Option<Bucket<'a>>, BoltError> {
    Ok(match parent.get(name)? {
        Some(Value::Bucket(bucket)) => Some(bucket),
        _ => None,
    })
}

/// What was read so far.
struct Import<'a> {
    details: Option<Bucket<'a>>,
    drafts: BTreeMap<String, Draft>,
    counts: Counts,
    refused: Vec<Refused>,
}

struct Draft {
    segment: crate::feed::Segment,
    advisories: BTreeMap<String, Advisory>,
}

impl Import<'_> {
    fn skip(&mut self, why: &str) {
        add(&mut self.counts.skipped, why);
    }

    fn note(&mut self, what: &str) {
        add(&mut self.counts.notes, what);
    }

    fn packages(
        &mut self,
        bucket: &str,
        source: &str,
        about: &About,
        packages: Bucket<'_>,
    ) -> Result<(), ImportError> {
        packages.each(&mut |package, value| -> Result<(), ImportError> {
            let (Ok(package), Value::Bucket(ids)) = (std::str::from_utf8(package), value) else {
                self.note("package that is no bucket");
                return Ok(());
            };
            ids.each(&mut |id, value| -> Result<(), ImportError> {
                let (Ok(id), Value::Bytes(json)) = (std::str::from_utf8(id), value) else {
                    self.note("record that is no document");
                    return Ok(());
                };
                self.counts.records = self.counts.records.saturating_add(1);
                match serde_json::from_slice::<Document>(json) {
                    Ok(document) => self.document(source, about, package, id, &document)?,
                    Err(error) if self.refused.len() < REFUSED_MAX => self.refused.push(Refused {
                        feed: FEED.to_owned(),
                        record: format!("{bucket}/{package}/{id}"),
                        reason: error.to_string(),
                    }),
                    Err(_) => self.note("refused and not listed"),
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
        let segment = &about.segment;
        // Several sources of one registry speak of the same vulnerability in their own records.
        let own = document.vendor_ids.iter().find(|own| own.starts_with("GHSA-"));
        let record = if segment.ecosystem.is_os() { id } else { own.map_or(id, String::as_str) };
        let detail = self.detail(id)?;
        let draft = self
            .drafts
            .entry(segment.name.clone())
            .or_insert_with(|| Draft { segment: segment.clone(), advisories: BTreeMap::new() });
        match draft.advisories.entry(record.to_owned()) {
            Entry::Occupied(mut entry) => {
                let advisory = entry.get_mut();
                advisory.aliases.extend(document.vendor_ids.iter().cloned());
                advisory.affected.push(affected);
            }
            Entry::Vacant(entry) => {
                let mut advisory = described(record, source, &detail);
                advisory.aliases.push(id.to_owned());
                advisory.aliases.extend(document.vendor_ids.iter().cloned());
                advisory.affected.push(affected);
                entry.insert(advisory);
            }
        }
        Ok(())
    }

    fn detail(&self, id: &str) -> Result<Detail, ImportError> {
        let found = self.details.map(|details| details.get(id.as_bytes())).transpose()?;
        Ok(match found {
            Some(Some(Value::Bytes(json))) => serde_json::from_slice(json).unwrap_or_default(),
            _ => Detail::default(),
        })
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
                    self.note("constraint that is not understood");
                    continue;
                };
                if constraint.widened {
                    self.note("bound taken one version too wide");
                }
                ranges.extend(constraint.ranges);
                versions.extend(constraint.versions);
            }
            if ranges.is_empty() && versions.is_empty() {
                self.skip(
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
            package,
            status,
            ranges,
            versions,
            severity: severity(document.severity),
            conditions,
        })
    }

    fn finish(mut self) -> Records {
        self.refused.sort();
        let source = SourceInfo {
            id: FEED.to_owned(),
            url: URL.to_owned(),
            license: "none stated".to_owned(),
        };
        let segments = self.drafts.into_iter().map(|(name, draft)| {
            let advisories = draft.advisories.into_values().map(|mut advisory| {
                advisory.aliases.retain(|alias| *alias != advisory.id);
                advisory.aliases.sort_unstable();
                advisory.aliases.dedup();
                advisory
            });
            let records = SegmentRecords {
                scheme: draft.segment.scheme,
                ecosystem: draft.segment.ecosystem,
                source: source.clone(),
                gap: None,
                advisories: advisories.collect(),
            };
            (name, records)
        });
        Records {
            segments: segments.collect(),
            counts: BTreeMap::from([(FEED.to_owned(), self.counts)]),
            refused: self.refused,
            ..Records::default()
        }
    }
}

/// A record with what the database says of the vulnerability: the source's own severity and scores,
/// else NVD's.
fn described(record: &str, source: &str, detail: &Detail) -> Advisory {
    let of = |source: &str| detail.vendor_severity.get(source).copied().and_then(severity);
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
        severity: of(source).or_else(|| of("nvd")),
        scores: scores(source).or_else(|| scores("nvd")).unwrap_or_default(),
        cwes: detail.cwe_ids.clone(),
        published: detail.published_date.as_deref().and_then(moment),
        modified: detail.last_modified_date.as_deref().and_then(moment),
        ..Advisory::default()
    }
}

fn moment(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// Trivy counts severities from 0, unknown, to 4, critical.
fn severity(code: u8) -> Option<Severity> {
    Some(match code {
        1 => Severity::Low,
        2 => Severity::Medium,
        3 => Severity::High,
        4 => Severity::Critical,
        _ => return None,
    })
}

fn add(counts: &mut BTreeMap<String, u64>, what: &str) {
    let count = counts.entry(what.to_owned()).or_default();
    *count = count.saturating_add(1);
}
