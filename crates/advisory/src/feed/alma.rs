//! AlmaLinux's errata, in the form of OSV: one document an advisory, which names its
//! vulnerabilities as `related` and the fixed version of each binary package
//! (<https://github.com/AlmaLinux/osv-database>).

use super::events::{self, Event};
use super::gather::{Gather, Segment};
use super::json::Text;
use super::osv::{DocumentError, documents};
use super::{Feed, FeedError, FeedFile, date, id, score};
use crate::module::is_modular;
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "osv-almalinux",
    title: "AlmaLinux errata, as OSV",
    url: "https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip",
    license: "MIT",
    redistributable: true,
    unit: "advisories",
    paths: &[
        "osv/AlmaLinux/all.zip",
        "osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip",
        "AlmaLinux/all.zip",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

const SCHEME: Scheme = Scheme::Rpm;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    related: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    affected: Option<Vec<Entry<'a>>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    package: Option<Package<'a>>,
    #[serde(borrow, default)]
    ranges: Option<Vec<Events<'a>>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    ecosystem: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct Events<'a> {
    #[serde(borrow, default)]
    events: Option<Vec<Event<'a>>>,
}

/// What all advisories together say, by release and by vulnerability.
type Said = BTreeMap<(String, String), Vulnerability>;

#[derive(Default)]
struct Vulnerability {
    /// The advisories.
    aliases: BTreeSet<String>,
    severity: Option<Severity>,
    published: Option<i64>,
    modified: Option<i64>,
    packages: BTreeMap<String, Fixes>,
}

/// What is said of one package.
#[derive(Default)]
struct Fixes {
    /// The highest fixed version of the distribution's own packages …
    plain: Option<String>,
    /// … and of those that come as parts of a module, which are of other versions altogether.
    modular: Option<String>,
    /// Ranges that do not just end with a fix.
    others: BTreeSet<Range>,
}

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let mut said = Said::new();
    documents(file, gather, &mut |bytes, gather| document(bytes, file, &mut said, gather))?;
    for ((release, id), vulnerability) in said {
        let segment = Segment {
            name: format!("almalinux-{release}"),
            scheme: SCHEME,
            ecosystem: Ecosystem::Rpm,
        };
        gather.document(&segment, vulnerability.into_advisory(id));
    }
    Ok(())
}

fn document(
    bytes: &[u8],
    file: &FeedFile<'_>,
    said: &mut Said,
    gather: &mut Gather,
) -> Result<(), DocumentError> {
    let document: Document<'_> = serde_json::from_slice(bytes).map_err(DocumentError::Json)?;
    let advisory = document.id.as_str().trim();
    if advisory.is_empty() {
        return Err(DocumentError::NoId);
    }
    gather.count();
    if file.only.is_some_and(|only| !only.contains(advisory)) {
        gather.skip("not a recorded answer");
        return Ok(());
    }
    if document.withdrawn.is_some() {
        gather.skip("withdrawn");
        return Ok(());
    }
    let named = document.related.iter().chain(&document.aliases).flatten();
    let mut ids: BTreeSet<String> =
        named.filter_map(|text| id::cve(text.as_str().trim())).collect();
    if ids.is_empty() {
        // Most are corrections of other kinds of bugs (ALBA) and new features (ALEA).
        if !advisory.starts_with("ALSA-") {
            gather.skip("no vulnerability");
            return Ok(());
        }
        ids.insert(advisory.to_owned());
    }
    let facts = Facts {
        advisory,
        severity: document.summary.as_ref().and_then(|summary| {
            summary.as_str().split_once(':').and_then(|(word, _)| severity(word))
        }),
        published: document.published.and_then(|text| date::moment(text.as_str())),
        modified: document.modified.and_then(|text| date::moment(text.as_str())),
    };
    let mut useful = false;
    for entry in document.affected.iter().flatten() {
        let Some((release, name)) = entry.package.as_ref().and_then(place) else {
            gather.note("other ecosystem");
            continue;
        };
        let events = entry.ranges.iter().flatten().filter_map(|range| range.events.as_deref());
        let ranges: Vec<Range> =
            events.flat_map(|events| events::ranges(events, SCHEME, gather)).collect();
        useful |= !ranges.is_empty();
        for id in &ids {
            let vulnerability = said.entry((release.to_owned(), id.clone())).or_default();
            vulnerability.add(&facts, name, &ranges);
        }
    }
    if !useful {
        gather.skip("no versions");
    }
    Ok(())
}

/// What an advisory says of all of its packages.
struct Facts<'a> {
    advisory: &'a str,
    severity: Option<Severity>,
    published: Option<i64>,
    modified: Option<i64>,
}

/// Red Hat's words, which AlmaLinux passes on.
fn severity(word: &str) -> Option<Severity> {
    if word.eq_ignore_ascii_case("important") { Some(Severity::High) } else { score::word(word) }
}

/// The release and the package's name, of `AlmaLinux:9`.
fn place<'a>(package: &'a Package<'_>) -> Option<(&'a str, &'a str)> {
    let release = package.ecosystem.as_str().strip_prefix("AlmaLinux:")?;
    let name = package.name.as_str().trim();
    let is_release =
        (1..=3).contains(&release.len()) && release.bytes().all(|byte| byte.is_ascii_digit());
    (is_release && !name.is_empty()).then_some((release, name))
}

impl Vulnerability {
    fn add(&mut self, facts: &Facts<'_>, package: &str, ranges: &[Range]) {
        self.aliases.insert(facts.advisory.to_owned());
        self.severity = self.severity.max(facts.severity);
        self.published = match (self.published, facts.published) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
        self.modified = self.modified.max(facts.modified);
        if ranges.is_empty() {
            return;
        }
        let fixes = self.packages.entry(package.to_owned()).or_default();
        for range in ranges {
            let (None, RangeEnd::Fixed(version)) = (&range.introduced, &range.end) else {
                fixes.others.insert(range.clone());
                continue;
            };
            let modular = is_modular(version);
            let known = if modular { &mut fixes.modular } else { &mut fixes.plain };
            if known.as_deref().is_none_or(|known| higher(version, known)) {
                *known = Some(version.clone());
            }
        }
    }

    fn into_advisory(self, id: String) -> Advisory {
        let affected = self.packages.into_iter().map(|(package, fixes)| fixes.affected(package));
        Advisory {
            aliases: self.aliases.into_iter().filter(|alias| *alias != id).collect(),
            id,
            severity: self.severity,
            scores: Vec::new(),
            cwes: Vec::new(),
            published: self.published,
            modified: self.modified,
            affected: affected.collect(),
        }
    }
}

impl Fixes {
    fn affected(self, package: String) -> Affected {
        let fixed = self.plain.into_iter().chain(self.modular);
        let mut ranges: Vec<Range> =
            fixed.map(|end| Range { introduced: None, end: RangeEnd::Fixed(end) }).collect();
        let status = if ranges.is_empty() { Status::Affected } else { Status::Fixed };
        ranges.extend(self.others);
        Affected { package, status, ranges, ..Affected::default() }
    }
}

/// Whether a fix is the later one. A text that is no version is never.
fn higher(new: &str, known: &str) -> bool {
    match SCHEME.compare(new, known) {
        Ok(order) => order == Ordering::Greater,
        Err(_) => SCHEME.is_valid(new) || (!SCHEME.is_valid(known) && new > known),
    }
}
