//! What every source says of the severity of a vulnerability, seven bytes each: most
//! vulnerabilities are judged alike by the same few sources, so each distinct set of judgments is
//! there once.

use super::Kind;
use super::source::{SOURCES, of_record};
use super::table::{Table, TableRef};
use crate::build::BuildError;
use crate::format::{is_cve, pack_cve, severity_code, severity_of};
use crate::records::SegmentRecords;
use crate::segment::Damage;
use lazaret_core::advisory::Advisory;
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NAME: &str = "severities";
/// The CVE, and the place of its set.
const ROW_BYTES: usize = 7;
/// Places that three bytes can name.
const PLACES_MAX: usize = 1 << 24;

/// What sources say of severities, gathered while a database is written.
#[derive(Debug, Default)]
pub(crate) struct Stated {
    /// By packed CVE id and source.
    rows: BTreeMap<u32, BTreeMap<&'static str, Severity>>,
}

impl Stated {
    /// Takes what the advisories of a segment state.
    pub(crate) fn add(&mut self, name: &str, segment: &SegmentRecords) {
        for advisory in &segment.advisories {
            let severity = severity(advisory);
            let Some(cve) = cve(advisory).and_then(pack_cve) else { continue };
            if severity == Severity::Unknown {
                continue;
            }
            let source = of_record(name, &advisory.id);
            let known = self.rows.entry(cve).or_default().entry(source).or_default();
            *known = severity.max(*known);
        }
    }

    /// Takes what was stated without advisories, by CVE id and source. A source that is none of
    /// ours has no place in a table.
    pub(crate) fn add_others(&mut self, others: &BTreeMap<String, BTreeMap<String, Severity>>) {
        for (cve, severities) in others {
            let Some(cve) = pack_cve(cve) else { continue };
            for (source, severity) in severities {
                let source = SOURCES.iter().find(|known| *known == source);
                if let (Some(source), false) = (source, *severity == Severity::Unknown) {
                    self.rows.entry(cve).or_default().insert(source, *severity);
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The one CVE a record is about.
fn cve(advisory: &Advisory) -> Option<&str> {
    if is_cve(&advisory.id) {
        return Some(&advisory.id);
    }
    let mut cves = advisory.aliases.iter().filter(|alias| is_cve(alias));
    cves.next().filter(|_| cves.next().is_none()).map(String::as_str)
}

/// The worst word for any of its packages, else the record's word, else its scores.
fn severity(advisory: &Advisory) -> Severity {
    let word = advisory.affected.iter().filter_map(|affected| affected.severity).max();
    let known = |severity: &Severity| *severity != Severity::Unknown;
    word.filter(known).or(advisory.severity.filter(known)).unwrap_or_else(|| {
        of_scores(advisory.scores.iter().map(|score| (score.vector.as_str(), score.score)))
    })
}

/// The worst of some scores. CVSS 2 decides only where nothing newer does.
pub(crate) fn of_scores<'a>(scores: impl Iterator<Item = (&'a str, f64)>) -> Severity {
    let mut current = Severity::Unknown;
    let mut old = Severity::Unknown;
    for (vector, score) in scores {
        let is_current = vector.starts_with("CVSS:3") || vector.starts_with("CVSS:4");
        let worst = if is_current { &mut current } else { &mut old };
        *worst = Severity::from_score(score).max(*worst);
    }
    if current == Severity::Unknown { old } else { current }
}

/// The table of these rows. A source without a number has no place in it.
pub(super) fn table(stated: &Stated) -> Result<Table<'static>, BuildError> {
    let too_large = || BuildError::TooLarge { segment: NAME.to_owned(), what: "judgments" };
    let mut table = Table::new(NAME, Kind::Severities, BTreeSet::new())?;
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (cve, severities) in &stated.rows {
        let judgments: Vec<u8> = severities
            .iter()
            .filter_map(|(source, severity)| {
                Some([number(source)?, severity_code(Some(*severity))])
            })
            .flatten()
            .collect();
        let Ok(count @ 1..) = u8::try_from(judgments.len() / 2) else { continue };
        let mut set = vec![count];
        set.extend(judgments);
        let next = table.shared.len();
        let place = *places.entry(set).or_insert_with_key(|set| {
            table.shared.extend_from_slice(set);
            next
        });
        let place =
            u32::try_from(place).ok().filter(|_| place < PLACES_MAX).ok_or_else(too_large)?;
        table.push(cve.to_le_bytes().into_iter().chain(place.to_le_bytes()).take(ROW_BYTES));
    }
    Ok(table)
}

/// The number of a source in the file: one more than its place in the list.
fn number(source: &str) -> Option<u8> {
    let place = SOURCES.iter().position(|known| *known == source)?;
    u8::try_from(place).ok()?.checked_add(1)
}

/// What each source says of a CVE, by the source's name.
pub(super) fn find(table: TableRef<'_>, cve: u32) -> Result<Vec<(&'static str, Severity)>, Damage> {
    table.find::<ROW_BYTES>(cve).map_or(Ok(Vec::new()), |row| judgments(table, *row))
}

/// Reads every row.
pub(super) fn check(table: TableRef<'_>) -> Result<usize, Damage> {
    table.rows::<ROW_BYTES>().iter().try_for_each(|row| judgments(table, *row).map(drop))?;
    table.check_order::<ROW_BYTES>()
}

fn judgments(
    table: TableRef<'_>,
    row: [u8; ROW_BYTES],
) -> Result<Vec<(&'static str, Severity)>, Damage> {
    const SETS: Damage = Damage("judgments");
    let [_, _, _, _, a, b, c] = row;
    let place = usize::try_from(u32::from_le_bytes([a, b, c, 0])).map_err(|_| SETS)?;
    let (count, rest) = table.shared.get(place..).and_then(<[u8]>::split_first).ok_or(SETS)?;
    let (pairs, _) = rest.as_chunks::<2>();
    let pairs = pairs.get(..usize::from(*count)).ok_or(SETS)?;
    let mut judgments = Vec::with_capacity(pairs.len());
    for [number, code] in pairs {
        let severity = severity_of(*code).map_err(|_| SETS)?.ok_or(SETS)?;
        let place = usize::from(number.checked_sub(1).ok_or(SETS)?);
        // A source that a later program knows is none of ours.
        if let Some(source) = SOURCES.get(place) {
            judgments.push((*source, severity));
        }
    }
    Ok(judgments)
}
