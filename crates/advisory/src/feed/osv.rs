//! OSV exports of registries: every document is a record of its own.

use super::events;
use super::gather::{Gather, Segment};
use super::json::Text;
use super::osv_document::{DocumentError, Entry, Loose, ScoreEntry, documents, wanted};
use super::{FeedError, FeedFile, date, score};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, RangeEnd, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;

/// One of OSV's ecosystems, as we keep it.
pub(super) struct Target {
    /// OSV's name; a record may add a release after a colon.
    pub(super) osv: &'static str,
    pub(super) segment: Segment,
}

/// Reads the export of one ecosystem.
pub(super) fn archive(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    target: &Target,
) -> Result<(), FeedError> {
    documents(file, gather, &mut |document, gather| record(document, file, target, gather))
}

fn record(
    bytes: &[u8],
    file: &FeedFile<'_>,
    target: &Target,
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
        aliases: texts(document.aliases, id),
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
    for entry in entries {
        let Some(name) = package_name(&entry, target) else { continue };
        ours = true;
        affected(entry, name, target, &mut advisory, gather);
    }
    if !advisory.affected.is_empty() {
        gather.document(&target.segment, advisory);
    } else if ours {
        gather.skip("no versions");
    } else if named {
        gather.skip("other ecosystem");
    } else {
        gather.skip("no package");
    }
    Ok(())
}

fn texts(list: Option<Vec<Text<'_>>>, except: &str) -> Vec<String> {
    let texts = list.unwrap_or_default().into_iter().map(|text| text.as_str().trim().to_owned());
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
    Some(filed_under(target.segment.ecosystem, name).into_owned())
}

/// Adds what one entry says about a package.
fn affected(
    entry: Entry<'_>,
    package: String,
    target: &Target,
    advisory: &mut Advisory,
    gather: &mut Gather,
) {
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
        return;
    }
    let (mut scores, mut severity) = (Vec::new(), None);
    for entry in entry.severity.iter().flatten() {
        add_score(entry, &mut scores, &mut severity, gather);
    }
    let scored = scores.iter().map(|score| Severity::from_score(score.score)).max();
    for score in scores {
        if !advisory.scores.contains(&score) {
            advisory.scores.push(score);
        }
    }
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    let status = if fixed { Status::Fixed } else { Status::Affected };
    let severity = severity.or(scored).filter(|severity| *severity != Severity::Unknown);
    advisory.affected.push(Affected {
        package,
        status,
        ranges,
        versions,
        severity,
        ..Affected::default()
    });
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
    let target = Target { osv: "PyPI", segment };
    if record(bytes, &file, &target, &mut gather).is_ok() {
        drop(gather.finish());
    }
}
