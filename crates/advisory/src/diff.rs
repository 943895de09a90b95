//! What changed between two databases, told so that stored inventories can be judged again: which
//! packages of which segments, and which records.
//!
//! The JSON is described in `docs/formats/db-diff.md`.

use crate::reader::{Db, DbError, broken};
use lazaret_core::advisory::{Advisory, Affected, RangeEnd};
use lazaret_core::digest::Digest;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the JSON shape.
pub const DIFF_SCHEMA_VERSION: &str = "1";

/// What changed between two databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The version of the shape.
    pub schema_version: &'static str,
    /// The earlier database.
    pub old: Side,
    /// The later database.
    pub new: Side,
    /// The segments in which something changed, by name.
    pub segments: Vec<SegmentDiff>,
}

/// One of the two databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The digest of its manifest.
    pub digest: Digest,
    /// The time it stands for (RFC 3339, UTC), where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
}

/// What happened to a segment, a record, or what a record says of one package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is only in the later database.
    Added,
    /// It is only in the earlier database.
    Removed,
    /// It is in both, and not the same.
    Changed,
}

/// What changed in one segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentDiff {
    /// Name, such as `debian-12`.
    pub name: String,
    /// What happened to the segment as a whole.
    pub change: Change,
    /// The package-url type of the packages it names.
    pub ecosystem: String,
    /// How many records came, went and changed.
    pub records: Counted,
    /// The packages touched, each with the records that touch it, by id.
    pub packages: BTreeMap<String, Vec<RecordDiff>>,
}

/// How many records came, went and changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Only in the later database.
    pub added: usize,
    /// Only in the earlier database.
    pub removed: usize,
    /// In both, and not the same.
    pub changed: usize,
}

/// What changed in what one record says of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordDiff {
    /// The record's id.
    pub record: String,
    /// Whether the record began or ceased to name the package, or says something else of it.
    pub change: Change,
    /// What is not the same; empty unless something changed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub what: BTreeSet<Part>,
}

/// A part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Other ids of the vulnerability.
    Aliases,
    /// What must hold besides the version.
    Conditions,
    /// Weakness ids.
    Cwes,
    /// When it was published or changed.
    Dates,
    /// The versions with the fix.
    Fix,
    /// Scores.
    Scores,
    /// The severity the source states, of the record or the package.
    Severity,
    /// What the source says of the package.
    Status,
    /// The versions that are affected.
    Versions,
}

impl Part {
    /// The word the JSON has for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aliases => "aliases",
            Self::Conditions => "conditions",
            Self::Cwes => "cwes",
            Self::Dates => "dates",
            Self::Fix => "fix",
            Self::Scores => "scores",
            Self::Severity => "severity",
            Self::Status => "status",
            Self::Versions => "versions",
        }
    }
}

/// Compares two databases. A segment with the same digest in both is not opened.
pub fn diff(old: &Db, new: &Db) -> Result<Diff, DbError> {
    let names: BTreeSet<&str> =
        old.segments().chain(new.segments()).map(|segment| segment.name.as_str()).collect();
    let mut segments = Vec::new();
    for name in names {
        let (before, after) = (old.info(name), new.info(name));
        let (Some(either), same) =
            (after.or(before), before.zip(after).is_some_and(|(a, b)| a.digest == b.digest))
        else {
            continue;
        };
        if same {
            continue;
        }
        let change = match (before, after) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let (before, after) = (read(old, name)?, read(new, name)?);
        let mut segment = SegmentDiff {
            name: name.to_owned(),
            change,
            ecosystem: either.ecosystem.clone(),
            records: Counted::default(),
            packages: BTreeMap::new(),
        };
        segment.compare(&before, &after);
        // Files may differ in when records were first seen, and say the same.
        if change != Change::Changed || !segment.is_empty() {
            segments.push(segment);
        }
    }
    Ok(Diff { schema_version: DIFF_SCHEMA_VERSION, old: side(old), new: side(new), segments })
}

fn side(db: &Db) -> Side {
    Side { digest: db.digest().clone(), built: db.built().map(str::to_owned) }
}

/// The records of a segment, sorted by id; none where the database has no such segment.
fn read(db: &Db, segment: &str) -> Result<Vec<Advisory>, DbError> {
    let Some(found) = db.segment(segment)? else { return Ok(Vec::new()) };
    found.read_advisories().map_err(|damage| broken(segment, damage.into()))
}

impl SegmentDiff {
    const fn is_empty(&self) -> bool {
        let Counted { added, removed, changed } = self.records;
        added == 0 && removed == 0 && changed == 0
    }

    /// Walks both lists, which are sorted by id.
    fn compare(&mut self, before: &[Advisory], after: &[Advisory]) {
        let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let order = match (before.peek(), after.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.id.cmp(&new.id),
            };
            let old = before.next_if(|_| order.is_le());
            let new = after.next_if(|_| order.is_ge());
            self.record(old, new);
        }
    }

    fn record(&mut self, old: Option<&Advisory>, new: Option<&Advisory>) {
        let count = match (old, new) {
            (None, None) => return,
            (None, Some(_)) => &mut self.records.added,
            (Some(_), None) => &mut self.records.removed,
            (Some(old), Some(new)) if old == new => return,
            (Some(_), Some(_)) => &mut self.records.changed,
        };
        *count = count.saturating_add(1);
        let of_record = match old.zip(new) {
            Some((old, new)) => record_parts(old, new),
            None => BTreeSet::new(),
        };
        let (before, after) = (by_package(old), by_package(new));
        let packages: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for package in packages {
            let (change, what) = match (before.get(package), after.get(package)) {
                (Some(old), Some(new)) => (Change::Changed, &of_record | &package_parts(old, new)),
                (None, _) => (Change::Added, BTreeSet::new()),
                (_, None) => (Change::Removed, BTreeSet::new()),
            };
            let id = new.or(old).map_or("", |record| record.id.as_str());
            if change != Change::Changed || !what.is_empty() {
                let diff = RecordDiff { record: id.to_owned(), change, what };
                self.packages.entry(package.to_owned()).or_default().push(diff);
            }
        }
    }
}

/// What a record says, by package.
fn by_package(record: Option<&Advisory>) -> BTreeMap<&str, Vec<&Affected>> {
    let mut packages: BTreeMap<&str, Vec<&Affected>> = BTreeMap::new();
    for affected in record.iter().flat_map(|record| &record.affected) {
        packages.entry(&affected.package).or_default().push(affected);
    }
    packages
}

/// What differs in two records apart from what they say of packages.
fn record_parts(old: &Advisory, new: &Advisory) -> BTreeSet<Part> {
    let parts = [
        (Part::Aliases, old.aliases != new.aliases),
        (Part::Cwes, old.cwes != new.cwes),
        (Part::Dates, (old.published, old.modified) != (new.published, new.modified)),
        (Part::Scores, old.scores != new.scores),
        (Part::Severity, old.severity != new.severity),
    ];
    parts.into_iter().filter_map(|(part, differs)| differs.then_some(part)).collect()
}

/// What differs in what two records say of one package.
fn package_parts(old: &[&Affected], new: &[&Affected]) -> BTreeSet<Part> {
    fn differ<'a, T: PartialEq>(
        old: &[&'a Affected],
        new: &[&'a Affected],
        part: impl Fn(&'a Affected) -> T,
    ) -> bool {
        !old.iter().map(|affected| part(affected)).eq(new.iter().map(|affected| part(affected)))
    }
    let parts = [
        (Part::Conditions, differ(old, new, |affected| &affected.conditions)),
        (Part::Fix, differ(old, new, fixed_versions)),
        (Part::Severity, differ(old, new, |affected| affected.severity)),
        (Part::Status, differ(old, new, |affected| affected.status)),
        (Part::Versions, differ(old, new, |affected| (&affected.ranges, &affected.versions))),
    ];
    parts.into_iter().filter_map(|(part, differs)| differs.then_some(part)).collect()
}

fn fixed_versions(affected: &Affected) -> BTreeSet<&str> {
    let fixed = affected.ranges.iter().filter_map(|range| match &range.end {
        RangeEnd::Fixed(version) => Some(version.as_str()),
        RangeEnd::LastAffected(_) | RangeEnd::Open => None,
    });
    fixed.collect()
}
