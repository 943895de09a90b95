//! OSV exports of registries: every document is a record of its own.

use super::events;
use super::gather::{Gather, Segment};
use super::json::Text;
use super::osv_document::{
    DocumentError, EcosystemSpecific, Entry, Loose, ScoreEntry, documents, wanted,
};
use super::{FeedError, FeedFile, date, program, score};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, Conditions, RangeEnd, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;

/// One of OSV's ecosystems, as we keep it.
pub(super) struct Target {
    /// OSV's name; a record may add a release after a colon.
    pub(super) osv: &'static str,
    pub(super) segment: Segment,
    /// What a package OSV names so is called there; nothing for one that is not judged there.
    pub(super) name: fn(&str) -> Option<String>,
}

/// For segments whose packages have OSV's names.
#[expect(clippy::unnecessary_wraps, reason = "other segments have no name for some packages")]
pub(super) fn same_name(name: &str) -> Option<String> {
    Some(name.to_owned())
}

/// Reads an export, of what is about one of the ecosystems.
pub(super) fn archive(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    targets: &[Target],
) -> Result<(), FeedError> {
    documents(file, gather, &mut |document, gather| record(document, file, targets, gather))
}

/// Reads one document into the segments of the ecosystems it is about.
pub(super) fn record(
    bytes: &[u8],
    file: &FeedFile<'_>,
    targets: &[Target],
    gather: &mut Gather,
) -> Result<(), DocumentError> {
    let Some(document) = wanted(bytes, file, gather)? else { return Ok(()) };
    let id = document.id.as_str().trim();
    let (mut severity, mut cwes) = (None, Vec::new());
    if let Some(specific) = document.database_specific {
        severity =
            specific.severity.and_then(Loose::meant).and_then(|word| score::word(word.as_str()));
        cwes = specific.cwe_ids.and_then(Loose::meant).unwrap_or_default();
    }
    let mut advisory = Advisory {
        id: id.to_owned(),
        aliases: aliases(document.aliases, document.upstream, id),
        severity,
        scores: Vec::new(),
        cwes: cwes.into_iter().map(|cwe| cwe.0.into_owned()).collect(),
        published: document.published.and_then(|text| date::moment(text.as_str())),
        modified: document.modified.and_then(|text| date::moment(text.as_str())),
        affected: Vec::new(),
    };
    for entry in document.severity.iter().flatten() {
        add_score(entry, &mut advisory.scores, &mut advisory.severity, gather);
    }
    let entries = document.affected.unwrap_or_default();
    let named = entries.iter().any(|entry| entry.package.is_some());
    let mut ours = false;
    let mut parts: Vec<(&Target, Vec<Affected>)> = Vec::new();
    for entry in entries {
        let named = targets.iter().find_map(|target| Some((target, package_name(&entry, target)?)));
        let Some((target, name)) = named else { continue };
        ours = true;
        let Some(affected) = affected(entry, name, target, &mut advisory.scores, gather) else {
            continue;
        };
        match parts.iter_mut().find(|(known, _)| known.segment.name == target.segment.name) {
            Some((_, part)) => part.push(affected),
            None => parts.push((target, vec![affected])),
        }
    }
    if !parts.is_empty() {
        for (target, affected) in parts {
            let advisory = Advisory { affected, ..advisory.clone() };
            if program::is_segment(&target.segment) {
                // Others speak of the same vulnerability there, under the same id.
                gather.account(&target.segment, advisory);
            } else {
                gather.document(&target.segment, advisory);
            }
        }
    } else if ours {
        gather.skip("no versions");
    } else if named {
        gather.skip("other ecosystem");
    } else {
        gather.skip("no package");
    }
    Ok(())
}

/// The ids of the same vulnerability. A record about what a package brings along from elsewhere
/// (Julia's binaries, sources inside R packages) has no alias but the id of that in `upstream`; for
/// whoever has the package it is the same vulnerability.
fn aliases(
    aliases: Option<Vec<Text<'_>>>,
    upstream: Option<Vec<Text<'_>>>,
    except: &str,
) -> Vec<String> {
    let given = aliases.filter(|aliases| !aliases.is_empty()).or(upstream).unwrap_or_default();
    let texts = given.into_iter().map(|text| text.as_str().trim().to_owned());
    texts.filter(|text| !text.is_empty() && text != except).collect()
}

/// The package's name in its normal form, if the entry is about our ecosystem.
fn package_name(entry: &Entry<'_>, target: &Target) -> Option<String> {
    let package = entry.package.as_ref()?;
    let ecosystem = package.ecosystem.as_str();
    let ecosystem = ecosystem.split_once(':').map_or(ecosystem, |(name, _)| name);
    let name = package.name.as_str().trim();
    if !ecosystem.eq_ignore_ascii_case(target.osv) || name.is_empty() {
        return None;
    }
    let name = (target.name)(name)?;
    Some(filed_under(target.segment.ecosystem, &name).into_owned())
}

/// What one entry says about a package; nothing where it names no version. Its scores join those
/// of the record.
fn affected(
    entry: Entry<'_>,
    package: String,
    target: &Target,
    record_scores: &mut Vec<Score>,
    gather: &mut Gather,
) -> Option<Affected> {
    let scheme = target.segment.scheme;
    let mut ranges = Vec::new();
    for range in entry.ranges.iter().flatten() {
        // Ranges of commits say nothing about a package's version.
        if matches!(range.kind.as_ref().map(Text::as_str), Some("ECOSYSTEM" | "SEMVER")) {
            let events = range.events.as_deref().unwrap_or_default();
            for range in events::ranges(events, scheme, gather) {
                if !ranges.contains(&range) {
                    ranges.push(range);
                }
            }
        }
    }
    let mut versions = Vec::new();
    for version in entry.versions.iter().flatten() {
        let version = version.as_str().trim();
        if !scheme.is_valid(version) {
            gather.note("invalid version");
        } else if !ranges.iter().any(|range| events::contains(range, version, scheme) == Some(true))
        {
            versions.push(version.to_owned());
        }
    }
    versions.sort_unstable();
    versions.dedup();
    if ranges.is_empty() && versions.is_empty() {
        gather.note("package without versions");
        return None;
    }
    let (mut scores, mut severity) = (Vec::new(), None);
    for entry in entry.severity.iter().flatten() {
        add_score(entry, &mut scores, &mut severity, gather);
    }
    let scored = scores.iter().map(|score| Severity::from_score(score.score)).max();
    for score in scores {
        if !record_scores.contains(&score) {
            record_scores.push(score);
        }
    }
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    let informational = entry
        .database_specific
        .and_then(Loose::meant)
        .and_then(|specific| specific.informational.and_then(Loose::meant));
    let status = match informational.as_ref().map(Text::as_str) {
        // Nobody mends it any more, which is no vulnerability by itself.
        Some("unmaintained") => Status::EndOfLife,
        _ if fixed => Status::Fixed,
        _ => Status::Affected,
    };
    let severity = severity.or(scored).filter(|severity| *severity != Severity::Unknown);
    let imports = match entry.ecosystem_specific.and_then(Loose::meant) {
        Some(specific) if target.segment.ecosystem == Ecosystem::Golang => imports(specific),
        _ => Vec::new(),
    };
    let conditions = Conditions::default();
    Some(Affected { package, status, ranges, versions, severity, conditions, imports })
}

/// The packages of a Go module that a record is about; none where it does not tell all of them.
fn imports(specific: EcosystemSpecific<'_>) -> Vec<String> {
    let entries = specific.imports.and_then(Loose::meant).unwrap_or_default();
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.path.as_ref().map_or("", |path| path.as_str().trim());
        // Commas part them in the database, and no path has one.
        if path.is_empty() || path.contains(',') {
            return Vec::new();
        }
        paths.push(path.to_owned());
    }
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Adds a score to those there are, or the severity where it is a word.
fn add_score(
    entry: &ScoreEntry<'_>,
    scores: &mut Vec<Score>,
    severity: &mut Option<Severity>,
    gather: &mut Gather,
) {
    let Some(text) = entry.score.as_ref().map(|text| text.as_str().trim()) else { return };
    if let Some(score) = score::vector(text) {
        if !scores.contains(&score) {
            scores.push(score);
        }
    } else if let Some(word) = score::word(text) {
        severity.get_or_insert(word);
    } else {
        gather.note("unreadable score");
    }
}

/// Reads any bytes as one record, for fuzzing.
pub(super) fn fuzz_record(bytes: &[u8]) {
    let Some(feed) = super::FEEDS.iter().find(|feed| feed.id == "osv-pypi") else { return };
    let mut gather = Gather::new(feed);
    let file = FeedFile { path: "PyPI/all.zip", bytes, only: None };
    let segment =
        Segment { name: "pypi".to_owned(), scheme: Scheme::Pep440, ecosystem: Ecosystem::Pypi };
    let target = Target { osv: "PyPI", segment, name: same_name };
    if record(bytes, &file, &[target], &mut gather).is_ok() {
        drop(gather.finish());
    }
}
