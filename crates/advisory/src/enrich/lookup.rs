//! Asking a database for everything it knows of a vulnerability, whatever package has it.

use super::table::TableRef;
use super::{Kind, epss, exploited, severities};
use crate::format::pack_cve;
use crate::manifest::SegmentInfo;
use crate::reader::{Db, DbError, broken};
use crate::segment::{AdvisoryRef, Damage, SegmentRef};
use lazaret_core::finding::{Epss, Exploited};
use lazaret_core::report::SegmentUse;
use lazaret_core::severity::Severity;

/// The segments that speak of vulnerabilities, opened.
pub(crate) struct Lookup<'a> {
    scores: Vec<(&'a str, SegmentRef<'a>)>,
    epss: Option<(&'a str, TableRef<'a>)>,
    exploited: Option<(&'a str, TableRef<'a>)>,
    severities: Option<(&'a str, TableRef<'a>)>,
    /// The segments that are asked.
    pub(crate) uses: Vec<SegmentUse>,
}

/// What a database knows of a vulnerability.
#[derive(Default)]
pub(crate) struct About<'a> {
    /// Records of the sources that score, by the source's name.
    pub(crate) scores: Vec<(&'a str, AdvisoryRef<'a>)>,
    pub(crate) epss: Option<Epss>,
    pub(crate) exploited: Option<Exploited>,
    /// What every source that advises states.
    pub(crate) severities: Vec<(&'static str, Severity)>,
}

impl<'a> Lookup<'a> {
    /// Opens the segments a database has.
    pub(crate) fn open(db: &'a Db) -> Result<Self, DbError> {
        let mut lookup = Self {
            scores: Vec::new(),
            epss: None,
            exploited: None,
            severities: None,
            uses: vec![],
        };
        for info in db.segments() {
            let name = info.name.as_str();
            match Kind::of(info) {
                Some(Kind::Scores) => {
                    let Some(segment) = db.segment(name)? else { continue };
                    lookup.scores.push((name, segment));
                }
                Some(Kind::Epss) => lookup.epss = Some((name, table(db, info)?)),
                Some(Kind::Exploited) => lookup.exploited = Some((name, table(db, info)?)),
                Some(Kind::Severities) => lookup.severities = Some((name, table(db, info)?)),
                Some(Kind::EndOfLife) | None => continue,
            }
            lookup.uses.push(used(info));
        }
        Ok(lookup)
    }

    /// Everything known of a vulnerability; nothing of what is no CVE.
    pub(crate) fn about(&self, id: &str) -> Result<About<'a>, DbError> {
        let Some(cve) = pack_cve(id) else { return Ok(About::default()) };
        let mut about = About {
            epss: ask(self.epss, |table| epss::find(table, cve))?.flatten(),
            exploited: ask(self.exploited, |table| exploited::find(table, cve))?.flatten(),
            severities: ask(self.severities, |table| severities::find(table, cve))?
                .unwrap_or_default(),
            scores: Vec::new(),
        };
        for (name, segment) in &self.scores {
            let found = record(segment, id).map_err(|damage| broken(name, damage.into()))?;
            about.scores.extend(found.map(|record| (*name, record)));
        }
        Ok(about)
    }
}

/// The answer of a table, if there is the table.
fn ask<'a, T>(
    table: Option<(&'a str, TableRef<'a>)>,
    find: impl FnOnce(TableRef<'a>) -> Result<T, Damage>,
) -> Result<Option<T>, DbError> {
    table.map(|(name, table)| find(table).map_err(|damage| broken(name, damage.into()))).transpose()
}

/// The table of a segment that the manifest lists as one.
pub(super) fn table<'a>(db: &'a Db, info: &SegmentInfo) -> Result<TableRef<'a>, DbError> {
    let name = info.name.as_str();
    let bytes = db.bytes(name)?.unwrap_or_default();
    let table = TableRef::parse(bytes).map_err(|error| broken(name, error))?;
    match table.name() {
        Ok(found) if found == name => Ok(table),
        Ok(_) => Err(broken(name, Damage("header fields").into())),
        Err(damage) => Err(broken(name, damage.into())),
    }
}

/// What a report says of a segment.
fn used(info: &SegmentInfo) -> SegmentUse {
    SegmentUse {
        name: info.name.clone(),
        digest: info.digest.clone(),
        newest: info.newest.clone(),
        records: info.records,
    }
}

/// The record with an id, by halving: records are sorted by their ids as text.
fn record<'a>(segment: &SegmentRef<'a>, id: &str) -> Result<Option<AdvisoryRef<'a>>, Damage> {
    let (mut low, mut high) = (0, segment.record_count());
    while low < high {
        let middle = usize::midpoint(low, high);
        let record = segment.advisory(middle)?;
        match record.id().to_string().as_str().cmp(id) {
            std::cmp::Ordering::Less => low = middle.saturating_add(1),
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Ok(Some(record)),
        }
    }
    Ok(None)
}
