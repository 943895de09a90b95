//! From a CSAF document to statements: what is the same whoever publishes it.

use super::csaf::{Document, Head, Part, Products, Vulnerability};
use super::gather::{Gather, Rank, Segment};
use super::json::{self, Text};
use super::rpm_rows::{Key, Rows, Stream, Wanted};
use super::{FeedError, FeedFile, bundle, date, id, score};
use lazaret_core::advisory::{Advisory, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How one publisher writes.
pub(super) struct Dialect {
    /// Which packages a part is, or why it is left alone.
    pub(super) locate: fn(&Part<'_>) -> Result<Vec<Located>, &'static str>,
    /// Whether the name of an unfixed package may be that of a source package as well.
    pub(super) either: bool,
    /// Why a document is skipped that says of no package of ours that it is affected.
    pub(super) nothing: &'static str,
}

/// A package that a part of a document is.
pub(super) struct Located {
    pub(super) key: Key,
    pub(super) stream: Stream,
    /// The architecture; empty for all.
    pub(super) arch: String,
    /// The version, where it has one.
    pub(super) version: Option<String>,
    /// Whether it is a source package, whose binary packages are listed wherever there is a fix.
    pub(super) source: bool,
}

/// Reads one document, or an archive of them.
pub(super) fn read(
    file: &FeedFile<'_>,
    dialect: &Dialect,
    gather: &mut Gather,
) -> Result<(), FeedError> {
    if bundle::is_archive(file.path) {
        let wanted =
            |path: &str| bundle::is_named(path, "json") && !path.ends_with("metadata.json");
        bundle::files(file.bytes, &wanted, &mut |path, bytes| {
            if let Err(error) = one(bytes, dialect, gather) {
                gather.refuse_record(file.path, path, &error);
            }
        })?;
        return if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) };
    }
    json::expect_data(file.bytes, "JSON")?;
    one(&bundle::unpacked(file.bytes)?, dialect, gather)
}

fn one(bytes: &[u8], dialect: &Dialect, gather: &mut Gather) -> Result<(), FeedError> {
    let document: Document<'_> = json::parse(bytes)?;
    gather.count();
    let status = document.head.tracking.status.as_ref().map(Text::as_str);
    if status == Some("deleted") {
        gather.skip("deleted");
        return Ok(());
    }
    let products = document.products();
    let (mut listed, mut told) = (false, false);
    for vulnerability in document.vulnerabilities.iter().flatten() {
        let Some(id) = vulnerability.cve.as_ref().and_then(|cve| id::cve(cve.as_str())) else {
            gather.note("vulnerability without a CVE");
            continue;
        };
        listed |= vulnerability.product_status.as_ref().is_some_and(|status| !status.is_empty());
        told |= tell(&id, vulnerability, &document.head, &products, dialect, gather);
    }
    if !told {
        gather.skip(if listed { dialect.nothing } else { "no products" });
    }
    Ok(())
}

/// Tells what is said of one vulnerability; whether that was anything.
fn tell(
    id: &str,
    vulnerability: &Vulnerability<'_>,
    head: &Head<'_>,
    products: &Products<'_>,
    dialect: &Dialect,
    gather: &mut Gather,
) -> bool {
    let judged = Judged::of(vulnerability);
    let mut rows = Rows::default();
    let mut errata: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut scored = BTreeSet::new();
    for (status, ids) in vulnerability.product_status.iter().flatten() {
        let open = match status.as_str() {
            "fixed" | "first_fixed" | "recommended" => None,
            "known_affected" | "first_affected" | "last_affected" => Some(Status::Affected),
            "under_investigation" => Some(Status::UnderInvestigation),
            other => {
                let what =
                    if other == "known_not_affected" { "not affected" } else { "unknown status" };
                for _ in ids {
                    gather.note(what);
                }
                continue;
            }
        };
        for part_id in ids {
            let part_id = part_id.as_str();
            let Some(part) = products.part(part_id) else {
                gather.note("product as a whole");
                continue;
            };
            let located = match (dialect.locate)(&part) {
                Ok(located) => located,
                Err(why) => {
                    gather.note(why);
                    continue;
                }
            };
            if judged.is_harmless(part_id) {
                gather.note("scored as harmless");
                continue;
            }
            scored.extend(judged.vectors.get(part_id).copied());
            let severity = judged.severity(part_id);
            for Located { key, stream, arch, version, source } in located {
                match (open, version) {
                    (None, Some(_)) if source => gather.note("source package of a fix"),
                    (None, Some(version)) => {
                        if let Some(erratum) = judged.errata.get(part_id) {
                            let known = errata.entry(key.segment.clone()).or_default();
                            known.insert((*erratum).to_owned());
                        }
                        rows.fix(key, stream, &arch, version, severity, gather);
                    }
                    (None, None) => gather.note("fixed without a version"),
                    (Some(_), _) if stream.channel.is_some() && !stream.goes_on => {
                        gather.note("unfixed in a channel");
                    }
                    (Some(open), _) => {
                        let status = match open {
                            Status::Affected => judged.states.get(part_id).copied().unwrap_or(open),
                            open => open,
                        };
                        rows.unfixed(key, status, severity);
                    }
                }
            }
        }
    }
    if rows.is_empty() {
        return false;
    }
    if dialect.either {
        rows.add_sources();
    }
    // A document of one vulnerability is all there is to say about it.
    let whole = id::cve(head.tracking.id.as_str()).as_deref() == Some(id);
    let about =
        Advisory { id: id.to_owned(), ..judged.about(vulnerability, head, &scored, gather) };
    let wanted = Wanted { severity: about.severity, whole };
    for (name, rows) in rows.finish(wanted, gather) {
        if rows.is_empty() {
            continue;
        }
        let mut aliases: Vec<String> = errata.remove(&name).into_iter().flatten().collect();
        if !whole {
            aliases.push(head.tracking.id.as_str().to_owned());
        }
        let segment = Segment { name, scheme: Scheme::Rpm, ecosystem: Ecosystem::Rpm };
        let mut advisory = Advisory { aliases, ..about.clone() };
        if whole {
            advisory.affected = rows.into_iter().map(|row| row.affected).collect();
            gather.document(&segment, advisory);
            continue;
        }
        let (implied, said): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.implied);
        for (rank, rows) in [(Rank::Excerpt, implied), (Rank::Advisory, said)] {
            advisory.affected = rows.into_iter().map(|row| row.affected).collect();
            gather.statements(&segment, rank, advisory.clone());
        }
    }
    true
}

/// What remediations, threats and scores say, by the id of what they are about.
struct Judged<'d> {
    states: HashMap<&'d str, Status>,
    errata: HashMap<&'d str, &'d str>,
    severities: HashMap<&'d str, Severity>,
    /// The severity of what has none of its own.
    severity: Option<Severity>,
    /// The first vector of each.
    vectors: HashMap<&'d str, &'d str>,
    harmless: HashSet<&'d str>,
}

impl<'d> Judged<'d> {
    fn of(vulnerability: &'d Vulnerability<'_>) -> Self {
        let mut judged = Self {
            states: HashMap::new(),
            errata: HashMap::new(),
            severities: HashMap::new(),
            severity: None,
            vectors: HashMap::new(),
            harmless: HashSet::new(),
        };
        for remediation in vulnerability.remediations.iter().flatten() {
            let details = remediation.details.as_ref().map_or("", Text::as_str).trim();
            let state = unfixed(remediation.category.as_str(), details);
            let erratum = remediation.url.as_ref().and_then(|url| erratum(url.as_str()));
            for id in remediation.product_ids.iter().flatten() {
                if let Some(state) = state {
                    judged.states.insert(id.as_str(), state);
                }
                if let Some(erratum) = erratum {
                    judged.errata.insert(id.as_str(), erratum);
                }
            }
        }
        for threat in vulnerability.threats.iter().flatten() {
            let details = threat.details.as_ref().map_or("", Text::as_str);
            let Some(severity) = severity(details) else { continue };
            if threat.category.as_str() != "impact" {
                continue;
            }
            match threat.product_ids.as_deref() {
                None | Some([]) => judged.severity = judged.severity.max(Some(severity)),
                Some(ids) => {
                    judged.severities.extend(ids.iter().map(|id| (id.as_str(), severity)));
                }
            }
        }
        for scores in vulnerability.scores.iter().flatten() {
            let vectors = [&scores.cvss_v4, &scores.cvss_v3, &scores.cvss_v2];
            let vector = vectors.into_iter().flatten().find_map(|vector| vector.vector.as_ref());
            let Some(vector) = vector.map(Text::as_str) else { continue };
            let is_zero = score::vector(vector).is_some_and(|score| score.score <= 0.0);
            for id in scores.products.iter().flatten() {
                judged.vectors.entry(id.as_str()).or_insert(vector);
                if is_zero {
                    judged.harmless.insert(id.as_str());
                }
            }
        }
        judged
    }

    fn severity(&self, id: &str) -> Option<Severity> {
        self.severities.get(id).copied().or(self.severity)
    }

    /// Whether a part has a score of zero and no impact: it is listed as affected, and is not.
    fn is_harmless(&self, id: &str) -> bool {
        self.harmless.contains(id) && self.severity(id).is_none()
    }

    /// The record without its packages.
    fn about(
        &self,
        vulnerability: &Vulnerability<'_>,
        head: &Head<'_>,
        scored: &BTreeSet<&str>,
        gather: &mut Gather,
    ) -> Advisory {
        let moment = |text: Option<&Text<'_>>| text.and_then(|text| date::moment(text.as_str()));
        let mut scores: Vec<Score> = Vec::new();
        for vector in scored {
            match score::vector(vector) {
                Some(score) => scores.push(score),
                None => gather.note("unreadable score"),
            }
        }
        // The word most packages have would do; the worst is the same for nearly all.
        let severity = self.severity.max(self.severities.values().max().copied());
        let published = moment(vulnerability.release_date.as_ref());
        Advisory {
            severity,
            scores,
            cwes: vulnerability.cwe.iter().map(|cwe| cwe.id.as_str().to_owned()).collect(),
            published: published.or(moment(head.tracking.initial_release_date.as_ref())),
            modified: moment(head.tracking.current_release_date.as_ref()),
            ..Advisory::default()
        }
    }
}

/// The publisher's word for how bad it is; `Important` is Red Hat's and SUSE's for high.
pub(super) fn severity(word: &str) -> Option<Severity> {
    let word = word.trim();
    if word.eq_ignore_ascii_case("important") { Some(Severity::High) } else { score::word(word) }
}

/// What a remediation says of packages without a fix.
fn unfixed(category: &str, details: &str) -> Option<Status> {
    match (category, details) {
        ("no_fix_planned", "Out of support scope") => Some(Status::EndOfLife),
        ("no_fix_planned", _) | ("none_available", "Will not fix") => Some(Status::WillNotFix),
        ("none_available", "Fix deferred") => Some(Status::FixDeferred),
        ("none_available", _) => Some(Status::Affected),
        _ => None,
    }
}

/// The erratum of an address such as `https://access.redhat.com/errata/RHSA-2024:2447`.
fn erratum(url: &str) -> Option<&str> {
    let (_, erratum) = url.rsplit_once("/errata/")?;
    erratum.starts_with("RH").then_some(erratum)
}
