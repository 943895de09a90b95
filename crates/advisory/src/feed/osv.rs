//! OSV exports: an archive with one JSON document per vulnerability
//! (<https://ossf.github.io/osv-schema/>).

use super::events::{self, Event};
use super::gather::{Gather, Segment};
use super::json::{self, Text};
use super::{FeedError, FeedFile, date, score};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, RangeEnd, Score, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Largest document, in bytes. The largest real ones, with tens of thousands of listed versions,
/// stay below one megabyte.
const DOCUMENT_BYTES_MAX: u64 = 16 << 20;

/// All documents of one archive together, in bytes; the largest export (npm) has about one
/// gigabyte.
const ARCHIVE_BYTES_MAX: u64 = 4 << 30;

/// Documents of one archive; the largest export has some 250,000.
const DOCUMENTS_MAX: u64 = 2_000_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum DocumentError {
    #[error("the document is larger than {DOCUMENT_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the archive entry cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    #[error("the archive entry cannot be read")]
    Zip(#[source] ZipError),
    #[error("the document is not an OSV record")]
    Json(#[source] serde_json::Error),
    #[error("the document has no id")]
    NoId,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    upstream: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    severity: Option<Vec<ScoreEntry<'a>>>,
    #[serde(borrow, default)]
    affected: Option<Vec<AffectedEntry<'a>>>,
    #[serde(borrow, default)]
    database_specific: Option<DatabaseSpecific<'a>>,
}

#[derive(Deserialize)]
struct ScoreEntry<'a> {
    #[serde(borrow, default)]
    score: Option<Text<'a>>,
}

/// What one database adds for itself. No schema holds it to anything, so a value of another kind
/// is passed over.
#[derive(Deserialize)]
struct DatabaseSpecific<'a> {
    #[serde(borrow, default)]
    severity: Option<Loose<Text<'a>>>,
    #[serde(borrow, default)]
    cwe_ids: Option<Loose<Vec<Text<'a>>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose<T> {
    Meant(T),
    Other(IgnoredAny),
}

impl<T> Loose<T> {
    fn meant(self) -> Option<T> {
        match self {
            Self::Meant(value) => Some(value),
            Self::Other(IgnoredAny) => None,
        }
    }
}

#[derive(Deserialize)]
struct AffectedEntry<'a> {
    #[serde(borrow, default)]
    package: Option<PackageEntry<'a>>,
    #[serde(borrow, default)]
    severity: Option<Vec<ScoreEntry<'a>>>,
    #[serde(borrow, default)]
    ranges: Option<Vec<RangeEntry<'a>>>,
    #[serde(borrow, default)]
    versions: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    database_specific: Option<Loose<AffectedSpecific<'a>>>,
}

/// What RustSec adds to a package.
#[derive(Deserialize)]
struct AffectedSpecific<'a> {
    #[serde(borrow, default)]
    informational: Option<Loose<Text<'a>>>,
}

#[derive(Deserialize)]
struct PackageEntry<'a> {
    #[serde(borrow)]
    ecosystem: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct RangeEntry<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    events: Option<Vec<Event<'a>>>,
}

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

/// What is done with one document.
pub(super) type EachDocument<'r> =
    &'r mut dyn FnMut(&[u8], &mut Gather) -> Result<(), DocumentError>;

/// Shows every document of an archive to `read`.
pub(super) fn documents(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    read: EachDocument<'_>,
) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "a zip archive")?;
    let mut archive = ZipArchive::new(Cursor::new(file.bytes)).map_err(FeedError::Zip)?;
    let mut documents = 0_u64;
    let mut unpacked = 0_u64;
    let mut document = Vec::new();
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                let error = DocumentError::Zip(error);
                gather.refuse_record(file.path, &format!("entry {index}"), &error);
                continue;
            }
        };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !has_extension(&name) {
            continue;
        }
        documents = documents.saturating_add(1);
        if documents > DOCUMENTS_MAX {
            return Err(FeedError::TooMuch { what: "documents", limit: DOCUMENTS_MAX });
        }
        document.clear();
        // What an entry says about its own size is not believed.
        let unpacking =
            (&mut entry).take(DOCUMENT_BYTES_MAX.saturating_add(1)).read_to_end(&mut document);
        let size = u64::try_from(document.len()).unwrap_or(u64::MAX);
        unpacked = unpacked.saturating_add(size);
        if unpacked > ARCHIVE_BYTES_MAX {
            return Err(FeedError::TooMuch { what: "bytes", limit: ARCHIVE_BYTES_MAX });
        }
        let outcome = match unpacking {
            _ if size > DOCUMENT_BYTES_MAX => Err(DocumentError::TooLarge),
            Err(error) => Err(DocumentError::Unpack(error)),
            Ok(_) => read(&document, gather),
        };
        if let Err(error) = outcome {
            gather.refuse_record(file.path, &name, &error);
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

/// Reads one document into the segments of the ecosystems it is about.
pub(super) fn record(
    bytes: &[u8],
    file: &FeedFile<'_>,
    targets: &[Target],
    gather: &mut Gather,
) -> Result<(), DocumentError> {
    let document: Document<'_> = serde_json::from_slice(bytes).map_err(DocumentError::Json)?;
    let id = document.id.as_str().trim();
    if id.is_empty() {
        return Err(DocumentError::NoId);
    }
    gather.count();
    if file.only.is_some_and(|only| !only.contains(id)) {
        gather.skip("not a recorded answer");
        return Ok(());
    }
    if document.withdrawn.is_some() {
        gather.skip("withdrawn");
        return Ok(());
    }
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
            gather.document(&target.segment, Advisory { affected, ..advisory.clone() });
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
fn package_name(entry: &AffectedEntry<'_>, target: &Target) -> Option<String> {
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
    entry: AffectedEntry<'_>,
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
    Some(Affected { package, status, ranges, versions, severity, ..Affected::default() })
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
