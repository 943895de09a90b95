//! Collecting what several files and feeds say, and settling where they disagree.

use super::said::{Said, Statements};
use super::{Feed, Gap, reason};
use crate::enrich::Enrichments;
use crate::records::{Counts, Records, Refused, SegmentRecords, SourceInfo};
use lazaret_core::advisory::{Advisory, Affected};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;
use std::error::Error;

/// Refusals listed for one file; what is beyond is only counted, so that a file of rubbish cannot
/// fill the memory with its own description.
const REFUSED_MAX: usize = 1_000;

/// What was read so far.
#[derive(Debug)]
pub struct Gather {
    feed: &'static Feed,
    segments: BTreeMap<String, Draft>,
    counts: BTreeMap<String, Counts>,
    refused: Vec<Refused>,
    enrichments: Enrichments,
    shares: BTreeMap<String, BTreeMap<String, u64>>,
    here: Counts,
    /// What the parser of the file read here found lacking.
    noticed: Option<Gap>,
}

/// One segment in the making.
#[derive(Debug)]
struct Draft {
    scheme: Scheme,
    ecosystem: Ecosystem,
    /// The feed that spoke of it first.
    feed: &'static Feed,
    /// By id and, for accounts, the feed that gives them.
    records: BTreeMap<(String, &'static str), Record>,
    /// What the file that lacks least lacks; absent once a whole one was read.
    gap: Option<Gap>,
}

/// One record in the making.
#[derive(Debug)]
struct Record {
    /// The record without its packages.
    about: Advisory,
    /// What is said of each of its packages.
    packages: Statements,
    kind: Kind,
}

/// How a record is settled with another of the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One document of its source, which replaces others as a whole.
    Document,
    /// What one source says about a vulnerability whose id it took from another: it stands beside
    /// what others say, and its own parts are put together.
    Account,
    /// Statements, settled package by package.
    State,
}

/// How much a statement about one package, vulnerability and release weighs; the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// An undated excerpt: better than nothing.
    Excerpt,
    /// An advisory as another database passes it on, or what follows from one by a rule of ours.
    Announced,
    /// The source's present state as another database passes it on.
    Export,
    /// An advisory, which only says what was fixed.
    Advisory,
    /// The source's complete present state.
    State,
}

/// Which segment a statement belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) scheme: Scheme,
    pub(crate) ecosystem: Ecosystem,
}

/// What a distribution says about one package and one vulnerability in one release.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) id: &'a str,
    pub(super) aliases: &'a [String],
    pub(super) date: Option<i64>,
    pub(super) rank: Rank,
    pub(super) affected: Affected,
}

impl Gather {
    /// An empty collection that a file of the feed is about to fill.
    pub(crate) fn new(feed: &'static Feed) -> Self {
        Self {
            feed,
            segments: BTreeMap::new(),
            counts: BTreeMap::new(),
            refused: Vec::new(),
            enrichments: Enrichments::default(),
            shares: BTreeMap::new(),
            here: Counts::default(),
            noticed: None,
        }
    }

    /// Counts a record of the feed.
    pub(super) fn count(&mut self) {
        self.here.records = self.here.records.saturating_add(1);
    }

    /// How many records were counted.
    pub(super) fn records(&self) -> u64 {
        self.here.records
    }

    /// Counts a record that is left out on purpose.
    pub(super) fn skip(&mut self, why: &'static str) {
        add(&mut self.here.skipped, why, 1);
    }

    /// Counts a part of a record that was left out or mended.
    pub(super) fn note(&mut self, what: &'static str) {
        self.note_many(what, 1);
    }

    /// Counts parts of records that were left out or mended, all for one reason.
    pub(super) fn note_many(&mut self, what: &'static str, many: u64) {
        if many > 0 {
            add(&mut self.here.notes, what, many);
        }
    }

    /// Says that one record could not be read.
    pub(super) fn refuse_record(&mut self, file: &str, record: &str, error: &dyn Error) {
        if self.refused.len() < REFUSED_MAX {
            self.refuse(&format!("{file}#{record}"), reason(error));
        } else {
            self.note("refused and not listed");
        }
    }

    /// Says that a file could not be read.
    pub(crate) fn refuse(&mut self, record: &str, reason: String) {
        let feed = self.feed.id.to_owned();
        self.refused.push(Refused { feed, record: record.to_owned(), reason });
    }

    /// Says that a file is left alone on purpose.
    pub(crate) fn leave_out(&mut self, path: &str, why: &str) {
        self.here.left_out.insert(path.to_owned(), why.to_owned());
    }

    /// Counts a file that was read to its end.
    pub(crate) fn count_file(&mut self) {
        self.here.files = self.here.files.saturating_add(1);
    }

    /// Takes a document of its source, which replaces an older one with the same id.
    pub(super) fn document(&mut self, segment: &Segment, mut advisory: Advisory) {
        let affected = std::mem::take(&mut advisory.affected);
        let packages = Statements::of_document(affected, self.feed);
        let id = advisory.id.clone();
        let record = Record { about: advisory, packages, kind: Kind::Document };
        self.draft(segment).put((id, ""), record);
    }

    /// Takes what a source says under an id that is not its own, such as a CVE's. The files of one
    /// source that do so under the same id are put together, those of another source are not
    /// touched.
    pub(super) fn account(&mut self, segment: &Segment, mut advisory: Advisory) {
        let feed = self.feed;
        for affected in std::mem::take(&mut advisory.affected) {
            let about = advisory.clone();
            let packages = Statements::of(vec![Said { rank: Rank::Advisory, feed, affected }]);
            let key = (advisory.id.clone(), feed.id);
            self.draft(segment).put(key, Record { about, packages, kind: Kind::Account });
        }
    }

    /// Takes what one erratum says about one vulnerability. Others may say more about it, in this
    /// file or in another.
    pub(super) fn erratum(&mut self, segment: &Segment, mut advisory: Advisory) {
        let affected = std::mem::take(&mut advisory.affected);
        let packages = Statements::of_erratum(affected, self.feed, segment.scheme);
        let id = advisory.id.clone();
        self.draft(segment).put((id, ""), Record { about: advisory, packages, kind: Kind::State });
    }

    /// Takes what a distribution says about one package, vulnerability and release.
    pub(super) fn state(&mut self, segment: &Segment, statement: Statement<'_>) {
        let Statement { id, aliases, date, rank, affected } = statement;
        let advisory = Advisory {
            id: id.to_owned(),
            aliases: aliases.to_vec(),
            published: date,
            modified: date,
            affected: vec![affected],
            ..Advisory::default()
        };
        self.statements(segment, rank, advisory);
    }

    /// Takes what a distribution says about packages and one vulnerability in one release, each
    /// package for itself; and what it says about the vulnerability: names, dates, severity and
    /// scores.
    pub(super) fn statements(&mut self, segment: &Segment, rank: Rank, mut about: Advisory) {
        let feed = self.feed;
        let id = about.id.clone();
        about.aliases.retain(|alias| *alias != id);
        let affected = std::mem::take(&mut about.affected).into_iter();
        let packages = affected.map(|affected| Said { rank, feed, affected }).collect();
        let packages = Statements::of(packages);
        self.draft(segment).put((id, ""), Record { about, packages, kind: Kind::State });
    }

    /// As [`Gather::statements`], about one package.
    pub(super) fn state_about(
        &mut self,
        segment: &Segment,
        mut about: Advisory,
        rank: Rank,
        affected: Affected,
    ) {
        about.affected = vec![affected];
        self.statements(segment, rank, about);
    }

    /// Where what holds for vulnerabilities and releases, whatever package has them, is put.
    pub(super) fn enrichments(&mut self) -> &mut Enrichments {
        &mut self.enrichments
    }

    /// The feed being read, as the source of what it says.
    pub(super) fn source(&self) -> SourceInfo {
        self.feed.source()
    }

    fn draft(&mut self, segment: &Segment) -> &mut Draft {
        let Segment { name, scheme, ecosystem } = segment;
        let feed = self.feed;
        self.segments.entry(name.clone()).or_insert_with(|| Draft {
            scheme: *scheme,
            ecosystem: *ecosystem,
            feed,
            records: BTreeMap::new(),
            gap: None,
        })
    }

    /// Whether a record was taken whose id begins so.
    pub(super) fn has_id(&self, start: &str) -> bool {
        self.segments
            .values()
            .any(|draft| draft.records.keys().any(|(id, _)| id.starts_with(start)))
    }

    /// Says what the file lacks, as its parser found.
    pub(super) fn notice(&mut self, gap: Gap) {
        self.noticed = Some(gap);
    }

    /// Says that a segment lacks something even with the whole of the file.
    pub(super) fn partial(&mut self, segment: &Segment, gap: Gap) {
        if let Some(draft) = self.segments.get_mut(&segment.name) {
            draft.gap = Some(gap);
        }
    }

    /// Says what the file read here lacks by its place, which every segment it filled then lacks
    /// too.
    pub(crate) fn lacks(&mut self, gap: Option<Gap>) {
        let gap = gap.or(self.noticed);
        for draft in self.segments.values_mut() {
            draft.gap = draft.gap.or(gap);
        }
    }

    /// Joins what another file said.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (name, draft) in other.segments {
            let filed = u64::try_from(draft.records.len()).unwrap_or(u64::MAX);
            add(self.shares.entry(name.clone()).or_default(), other.feed.id, filed);
            match self.segments.get_mut(&name) {
                None => {
                    self.segments.insert(name, draft);
                }
                Some(mine) => {
                    mine.gap = mine.gap.zip(draft.gap).map(|(mine, other)| mine.min(other));
                    for (id, record) in draft.records {
                        mine.put(id, record);
                    }
                }
            }
        }
        self.enrichments.absorb(other.enrichments);
        for (feed, counts) in other.counts {
            sum(self.counts.entry(feed).or_default(), counts);
        }
        sum(self.counts.entry(other.feed.id.to_owned()).or_default(), other.here);
        self.refused.extend(other.refused);
    }

    /// Everything, in its final order.
    pub(crate) fn finish(mut self) -> Records {
        if self.here != Counts::default() {
            let here = std::mem::take(&mut self.here);
            sum(self.counts.entry(self.feed.id.to_owned()).or_default(), here);
        }
        self.refused.sort();
        let segments = self.segments.into_iter().map(|(name, draft)| (name, draft.finish()));
        let mut segments: BTreeMap<String, SegmentRecords> = segments.collect();
        let mut enrichments = self.enrichments;
        enrichments.take_scores(&mut segments);
        Records {
            segments,
            enrichments,
            counts: self.counts,
            refused: self.refused,
            shares: self.shares,
        }
    }
}

impl Draft {
    /// Adds a record, settling what is said of the same id.
    fn put(&mut self, key: (String, &'static str), record: Record) {
        let Some(mine) = self.records.get_mut(&key) else {
            self.records.insert(key, record);
            return;
        };
        if (mine.kind == Kind::Document) != (record.kind == Kind::Document) {
            // A document is all its source has to say; statements only stand in for one.
            if record.kind == Kind::Document {
                *mine = record;
            }
            return;
        }
        if mine.kind == Kind::Document {
            // Two copies of one document: the later one. A date that is missing is no later.
            if record.about.modified > mine.about.modified {
                *mine = record;
            }
            return;
        }
        if mine.kind == Kind::Account {
            add_about(&mut mine.about, record.about);
            mine.packages.join(record.packages);
            return;
        }
        add_about(&mut mine.about, record.about);
        for said in record.packages.settled(self.scheme) {
            mine.packages.add(said, self.scheme);
        }
    }

    fn finish(self) -> SegmentRecords {
        // By position in the feed table, so that a tie has an answer.
        let mut shares: BTreeMap<&'static str, (usize, &'static Feed)> = BTreeMap::new();
        let mut advisories = Vec::with_capacity(self.records.len());
        for (_, record) in self.records {
            let mut advisory = record.about;
            sort(&mut advisory.aliases);
            sort(&mut advisory.cwes);
            let packages = record.packages.settled(self.scheme);
            advisory.affected.reserve_exact(packages.len());
            for said in packages {
                let share = shares.entry(said.feed.id).or_insert((0, said.feed));
                share.0 = share.0.saturating_add(1);
                advisory.affected.push(said.affected);
            }
            advisories.push(advisory);
        }
        let largest = shares.into_values().rev().max_by_key(|(share, _)| *share);
        let source = largest.map_or(self.feed, |(_, feed)| feed).source();
        SegmentRecords {
            scheme: self.scheme,
            ecosystem: self.ecosystem,
            source,
            gap: self.gap.map(|gap| gap.lacking.to_owned()),
            advisories,
        }
    }
}

/// Joins what two statements say about one vulnerability itself.
fn add_about(mine: &mut Advisory, other: Advisory) {
    mine.aliases.extend(other.aliases);
    mine.severity = mine.severity.max(other.severity);
    for score in other.scores {
        if !mine.scores.contains(&score) {
            mine.scores.push(score);
        }
    }
    mine.cwes.extend(other.cwes);
    mine.published = earliest(mine.published, other.published);
    mine.modified = mine.modified.max(other.modified);
}

fn earliest(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn sort(texts: &mut Vec<String>) {
    texts.sort_unstable();
    texts.dedup();
}

fn add(counts: &mut BTreeMap<String, u64>, what: &str, many: u64) {
    if let Some(count) = counts.get_mut(what) {
        *count = count.saturating_add(many);
    } else {
        counts.insert(what.to_owned(), many);
    }
}

fn sum(mine: &mut Counts, other: Counts) {
    mine.files = mine.files.saturating_add(other.files);
    mine.records = mine.records.saturating_add(other.records);
    for (why, many) in other.skipped {
        add(&mut mine.skipped, &why, many);
    }
    for (what, many) in other.notes {
        add(&mut mine.notes, &what, many);
    }
    mine.left_out.extend(other.left_out);
}
