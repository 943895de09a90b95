//! OSV documents of distributions: about which vulnerabilities, which packages of which releases
//! and which versions (<https://ossf.github.io/osv-schema/>).

use super::bundle;
use super::events::{self, Event};
use super::gather::{Gather, Rank};
use super::json::{self, Text};
use super::osv_document::{self, DocumentError, EachDocument};
use super::{FeedError, FeedFile, date, id, score};
use lazaret_core::advisory::{Advisory, Range, RangeEnd, Score, Status};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;

/// One document.
#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    details: Option<Text<'a>>,
    #[serde(borrow, default)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    upstream: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    related: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    severity: Option<Vec<ScoreEntry<'a>>>,
    /// What it says of packages.
    #[serde(borrow, default)]
    pub(super) affected: Option<Vec<Entry<'a>>>,
}

#[derive(Deserialize)]
struct ScoreEntry<'a> {
    #[serde(borrow, default)]
    score: Option<Text<'a>>,
}

/// What a document says of one package of one release.
#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow, default)]
    pub(super) package: Option<Package<'a>>,
    #[serde(borrow, default)]
    ranges: Option<Vec<RangeEntry<'a>>>,
    #[serde(borrow, default)]
    pub(super) ecosystem_specific: Option<EcosystemSpecific<'a>>,
    #[serde(borrow, default)]
    database_specific: Option<DatabaseSpecific<'a>>,
}

/// A package, by its source.
#[derive(Deserialize)]
pub(super) struct Package<'a> {
    #[serde(borrow)]
    pub(super) ecosystem: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) purl: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct RangeEntry<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    events: Option<Vec<Event<'a>>>,
}

/// What a distribution adds for itself.
#[derive(Deserialize)]
pub(super) struct EcosystemSpecific<'a> {
    /// Debian's.
    #[serde(borrow, default)]
    pub(super) urgency: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct DatabaseSpecific<'a> {
    #[serde(borrow, default)]
    cves_map: Option<CvesMap<'a>>,
}

/// Which of a notice's vulnerabilities an entry is about, in Ubuntu's notices.
#[derive(Deserialize)]
struct CvesMap<'a> {
    #[serde(borrow, default)]
    cves: Option<Vec<Cve<'a>>>,
}

#[derive(Deserialize)]
struct Cve<'a> {
    #[serde(borrow)]
    id: Text<'a>,
}

/// Which vulnerabilities a document is about, and what it says about them.
pub(super) struct Subject {
    /// A record without its packages for each vulnerability.
    about: Vec<Advisory>,
    /// What its statements weigh.
    pub(super) rank: Rank,
}

/// The prefixes of records that are one distribution's view of one CVE.
const VIEWS: [&str; 3] = ["ALPINE-", "DEBIAN-", "UBUNTU-"];

/// The beginnings of ids of advisories, which tell what was fixed.
const ADVISORIES: [&str; 5] = ["DLA-", "DSA-", "DTSA-", "LSN-", "USN-"];

/// Shows every document of a file to `read`: of a zip archive, of a compressed tar archive, or the
/// one it is. `wanted` says which files of a tar archive are documents of this feed.
pub(super) fn each_document(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    wanted: &dyn Fn(&str) -> bool,
    read: EachDocument<'_>,
) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "OSV documents")?;
    if file.bytes.starts_with(b"PK") {
        return osv_document::documents(file, gather, read);
    }
    if file.bytes.first() == Some(&b'{') {
        return read(file.bytes, gather).map_err(|error| match error {
            DocumentError::Json(error) if error.is_eof() => FeedError::CutOff,
            DocumentError::Json(error) => FeedError::Json(error),
            _ => FeedError::NoRecords,
        });
    }
    bundle::files(
        file.bytes,
        &|path| osv_document::has_extension(path) && wanted(path),
        &mut |path, bytes| {
            if let Err(error) = read(bytes, gather) {
                gather.refuse_record(file.path, path, &error);
            }
        },
    )?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

impl<'a> Document<'a> {
    /// Parses and counts a document; nothing for one that is left out.
    pub(super) fn parse(
        bytes: &'a [u8],
        file: &FeedFile<'_>,
        gather: &mut Gather,
    ) -> Result<Option<Self>, DocumentError> {
        let document: Self = serde_json::from_slice(bytes).map_err(DocumentError::Json)?;
        let id = document.id();
        if id.is_empty() {
            return Err(DocumentError::NoId);
        }
        gather.count();
        if file.only.is_some_and(|only| !only.contains(id)) {
            gather.skip("not a recorded answer");
        } else if document.withdrawn.is_some() {
            gather.skip("withdrawn");
        } else if document.details.as_ref().is_some_and(|text| is_rejected(text.as_str())) {
            gather.skip("rejected");
        } else if id.starts_with("LSN-") {
            gather.skip("live patch of a running kernel");
        } else {
            return Ok(Some(document));
        }
        Ok(None)
    }

    fn id(&self) -> &str {
        self.id.as_str().trim()
    }

    /// What the document is about.
    ///
    /// A record about one CVE is filed under it, and so is an advisory under each of its CVEs, as
    /// an alias. One without a CVE is filed under its only other id, such as a GHSA, else its own.
    pub(super) fn subject(&self, gather: &mut Gather) -> Subject {
        let own = self.id();
        let announced = ADVISORIES.iter().any(|start| own.starts_with(start));
        let (mut cves, mut others) = (Vec::new(), Vec::new());
        if let Some(cve) = cve(own) {
            cves.push(cve);
        } else {
            let named = [&self.upstream, &self.aliases, &self.related];
            for text in named.into_iter().flatten().flatten() {
                let name = text.as_str().trim();
                match cve(name) {
                    Some(cve) => cves.push(cve),
                    None if name.starts_with("GHSA-") => others.push(name.to_owned()),
                    None => {}
                }
            }
            for list in [&mut cves, &mut others] {
                list.sort_unstable();
                list.dedup();
            }
        }
        let mut ids = cves;
        let mut aliases = Vec::new();
        match (ids.len(), others.len()) {
            (0, 1) => ids.append(&mut others),
            (0, _) => ids.push(own.to_owned()),
            (1, _) => aliases.append(&mut others),
            // Which of them is which is not said.
            _ => {}
        }
        if cve(own).is_none() {
            aliases.push(own.to_owned());
        }
        let (scores, severity) = self.scores(gather);
        let moment =
            |text: &Option<Text<'_>>| text.as_ref().and_then(|text| date::moment(text.as_str()));
        let about = ids.into_iter().map(|id| Advisory {
            id,
            aliases: aliases.clone(),
            severity,
            scores: scores.clone(),
            published: moment(&self.published),
            modified: moment(&self.modified),
            ..Advisory::default()
        });
        let rank = if announced { Rank::Announced } else { Rank::Export };
        Subject { about: about.collect(), rank }
    }

    fn scores(&self, gather: &mut Gather) -> (Vec<Score>, Option<Severity>) {
        let (mut scores, mut severity) = (Vec::new(), None);
        for entry in self.severity.iter().flatten() {
            let Some(text) = entry.score.as_ref().map(|text| text.as_str().trim()) else {
                continue;
            };
            if let Some(score) = score::vector(text) {
                if !scores.contains(&score) {
                    scores.push(score);
                }
            } else if let Some(word) = score::word(text) {
                severity = severity.or(Some(word));
            } else {
                match text {
                    "negligible" => severity = severity.or(Some(Severity::Low)),
                    "untriaged" => {}
                    _ => gather.note("unreadable score"),
                }
            }
        }
        (scores, severity)
    }
}

impl Subject {
    /// What is said of the vulnerabilities an entry is about: all of the document's, if the entry
    /// does not name some of them.
    pub(super) fn about(&self, entry: &Entry<'_>) -> Vec<Advisory> {
        let named: Vec<String> = entry
            .database_specific
            .iter()
            .filter_map(|specific| specific.cves_map.as_ref())
            .flat_map(|map| map.cves.iter().flatten())
            .filter_map(|named| cve(named.id.as_str().trim()))
            .collect();
        let about = self.about.iter();
        if named.is_empty() {
            return about.cloned().collect();
        }
        about.filter(|about| named.contains(&about.id)).cloned().collect()
    }
}

impl Entry<'_> {
    /// Its ranges of affected versions.
    pub(super) fn ranges(&self, scheme: Scheme, gather: &mut Gather) -> Vec<Range> {
        let mut ranges = Vec::new();
        for range in self.ranges.iter().flatten() {
            // Ranges of commits say nothing about a package's version.
            if matches!(range.kind.as_ref().map(Text::as_str), Some("ECOSYSTEM" | "SEMVER")) {
                let events = range.events.as_deref().unwrap_or_default();
                ranges.extend(events::ranges(events, scheme, gather));
            }
        }
        if ranges.is_empty() {
            gather.note("package without versions");
        }
        ranges
    }
}

/// Whether a description says that the CVE program has rejected the id.
pub(super) fn is_rejected(description: &str) -> bool {
    let text = description.trim_start();
    text.starts_with("** REJECT **") || text.starts_with("Rejected reason:")
}

/// The status that ranges speak of.
pub(super) fn status(ranges: &[Range]) -> Status {
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    if fixed { Status::Fixed } else { Status::Affected }
}

/// The CVE an id is, or is a distribution's view of.
fn cve(name: &str) -> Option<String> {
    let name = VIEWS.iter().find_map(|view| name.strip_prefix(view)).unwrap_or(name);
    id::cve(name)
}
