//! When records and their fixes were first seen: carried over from one database to the next.

use crate::format::{NO_TIME, OWN_DATE};
use crate::records::Records;
use crate::segment::{Damage, SegmentRef};
use lazaret_core::advisory::Conditions;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A date this much newer than every other one is taken for a slip of the pen: sources mistype
/// years. Seconds.
const LEAP_MAX: i64 = 366 * 24 * 60 * 60;

/// The time feeds stand for when nobody says: the newest date of any record, by when it was
/// published, else last changed. Equal feeds give equal times, and no clock is asked.
///
/// A date more than a year above every other is passed over, unless all are.
pub(crate) fn time_of(records: &Records) -> Option<i64> {
    let advisories = records.segments.values().flat_map(|segment| &segment.advisories);
    newest_of(advisories.filter_map(|record| record.published.or(record.modified)).collect())
}

/// The newest of these dates, unless it is more than a year above every other.
pub(crate) fn newest_of(mut dates: Vec<i64>) -> Option<i64> {
    dates.sort_unstable_by(|a, b| b.cmp(a));
    let near = dates
        .iter()
        .zip(dates.iter().skip(1))
        .find_map(|(newer, older)| (newer.saturating_sub(*older) <= LEAP_MAX).then_some(*newer));
    near.or(dates.first().copied())
}

/// What a segment is compared with: the one of the same name in the database before, if there is
/// one, and the time of the new one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Before<'a> {
    pub(crate) segment: Option<SegmentRef<'a>>,
    pub(crate) built: Option<i64>,
}

/// A row as its times are told.
pub(crate) struct Seen<'a> {
    pub(crate) record: &'a str,
    pub(crate) conditions: &'a Conditions,
    /// The record's own date.
    pub(crate) date: Option<i64>,
    pub(crate) has_fix: bool,
}

impl<'a> Before<'a> {
    /// What was known of a package before; nothing where the segment itself is new.
    pub(crate) fn of_package(&self, package: &str) -> Result<Option<KnownRows>, Damage> {
        let Some(segment) = self.segment else { return Ok(None) };
        let mut rows = BTreeMap::new();
        for row in segment.lookup(package)? {
            let row = row?;
            let key = (row.advisory()?.id().to_string(), row.conditions().to_conditions());
            let times = Times {
                row: row.first_seen()?,
                has_fix: row.has_fix(),
                fix: row.fix_first_seen()?,
            };
            match rows.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(times);
                }
                Entry::Occupied(mut entry) => entry.get_mut().join(times),
            }
        }
        Ok(Some(KnownRows(rows)))
    }

    /// The two words of a row's times.
    ///
    /// A row of a segment that is new was first seen by its own date. In a segment that was there,
    /// what is new was first seen now.
    pub(crate) fn times(&self, known: Option<&KnownRows>, seen: &Seen<'a>) -> [u32; 2] {
        let own = match (seen.date, self.built) {
            (Some(date), Some(built)) => Some(date.min(built)),
            (date, _) => date,
        };
        let (row, fix) = match known {
            None => (own, own),
            Some(known) => match known.get(seen.record, seen.conditions) {
                Some(times) => (times.row, if times.has_fix { times.fix } else { self.built }),
                None => (self.built, self.built),
            },
        };
        let fix = if seen.has_fix { code(fix, seen.date) } else { OWN_DATE };
        [code(row, seen.date), fix]
    }
}

/// The rows of one package in the database before, by record and conditions.
pub(crate) struct KnownRows(BTreeMap<(String, Conditions), Times>);

impl KnownRows {
    fn get(&self, record: &str, conditions: &Conditions) -> Option<Times> {
        self.0.get(&(record.to_owned(), conditions.clone())).copied()
    }
}

/// When a row was first seen, and its fix, if it has one; `None` is not known.
#[derive(Clone, Copy)]
struct Times {
    row: Option<i64>,
    has_fix: bool,
    fix: Option<i64>,
}

impl Times {
    /// Two rows that are told apart by their ranges alone: the earlier times. What is not known is
    /// from before the first database, and so the earliest.
    fn join(&mut self, other: Self) {
        self.row = self.row.min(other.row);
        self.fix = match (self.has_fix, other.has_fix) {
            (true, true) => self.fix.min(other.fix),
            (false, _) => other.fix,
            (true, false) => self.fix,
        };
        self.has_fix |= other.has_fix;
    }
}

/// A time as the file has it.
fn code(time: Option<i64>, date: Option<i64>) -> u32 {
    if time == date {
        return OWN_DATE;
    }
    time.map_or(NO_TIME, |time| {
        // Neither of the two words that mean something else.
        u32::try_from(time.max(1)).unwrap_or(NO_TIME).min(NO_TIME.saturating_sub(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{SegmentRecords, SourceInfo};
    use lazaret_core::advisory::Advisory;
    use lazaret_core::package::Ecosystem;
    use lazaret_core::version::Scheme;

    const DAY: i64 = 24 * 60 * 60;

    fn check(published: &[i64], expected: Option<i64>) {
        let advisories = published.iter().map(|day| Advisory {
            published: Some(day * DAY),
            modified: Some(i64::MAX),
            ..Advisory::default()
        });
        let segment = SegmentRecords {
            scheme: Scheme::Deb,
            ecosystem: Ecosystem::Deb,
            source: SourceInfo { id: String::new(), url: String::new(), license: String::new() },
            gap: None,
            advisories: advisories.collect(),
        };
        let records =
            Records { segments: [("debian-12".to_owned(), segment)].into(), ..Records::default() };
        assert_eq!(time_of(&records), expected.map(|day| day * DAY), "{published:?}");
    }

    #[test]
    fn feeds_stand_for_their_newest_date() {
        check(&[], None);
        check(&[10_000], Some(10_000));
        check(&[10_000, 10_300, 9_000], Some(10_300));
    }

    #[test]
    fn one_mistyped_year_moves_no_time() {
        check(&[10_000, 10_001, 40_000], Some(10_001));
        check(&[10_000, 10_001, 20_000, 40_000], Some(10_001));
        check(&[10_000, 11_000], Some(11_000));
    }
}
