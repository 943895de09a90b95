//! Dates as feeds write them, as seconds since 1970 (UTC).

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

/// The first year a date is believed. Some feeds write year 1 for "not known", and the first
/// advisory lists began in the nineties.
const YEAR_MIN: i32 = 1990;

/// A moment such as `2024-05-01T10:00:00Z` (RFC 3339); none where it is no date, or one too early
/// to be meant.
pub(super) fn moment(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
    (moment.year() >= YEAR_MIN).then(|| moment.unix_timestamp())
}

/// A moment in one of the ways errata write it: as in RFC 3339, or `2025-12-01 18:15:47` or
/// `2011-09-27 22:46`, which are meant as UTC; else its day.
pub(super) fn loose(text: &str) -> Option<i64> {
    let text = text.trim();
    let spaced = text.split_once(' ').and_then(|(date, time)| {
        let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
        moment(&format!("{date}T{time}{seconds}Z"))
    });
    moment(text).or(spaced).or_else(|| day(text.split([' ', 'T']).next()?))
}

/// A day such as `2025-01-30`.
pub(super) fn day(text: &str) -> Option<i64> {
    let mut parts = text.trim().splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    at_midnight(year, month, parts.next()?.parse().ok()?)
}

/// A day such as `12 Feb 2025`.
pub(super) fn worded_day(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace();
    let day = words.next()?.parse().ok()?;
    let month = match words.next()? {
        "Jan" => Month::January,
        "Feb" => Month::February,
        "Mar" => Month::March,
        "Apr" => Month::April,
        "May" => Month::May,
        "Jun" => Month::June,
        "Jul" => Month::July,
        "Aug" => Month::August,
        "Sep" => Month::September,
        "Oct" => Month::October,
        "Nov" => Month::November,
        "Dec" => Month::December,
        _ => return None,
    };
    at_midnight(words.next()?.parse().ok()?, month, day)
}

fn at_midnight(year: i32, month: Month, day: u8) -> Option<i64> {
    let date = Date::from_calendar_date(year, month, day).ok()?;
    (year >= YEAR_MIN).then(|| date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected numbers by `date -u -d … +%s`.
    #[test]
    fn dates_are_seconds_and_year_one_is_none() {
        assert_eq!(moment("2024-05-01T10:00:00Z"), Some(1_714_557_600));
        assert_eq!(moment("2024-05-01T12:00:00.250+02:00"), Some(1_714_557_600));
        assert_eq!(moment("2027-07-09T15:45:00Z"), Some(1_815_147_900));
        assert_eq!(moment("0001-01-01T00:00:00Z"), None);
        assert_eq!(moment("yesterday"), None);
        assert_eq!(loose("2020-05-14T20:15:38Z"), Some(1_589_487_338));
        assert_eq!(loose("2025-12-01 18:15:47"), Some(1_764_612_947));
        assert_eq!(loose("2011-09-27 22:46"), Some(1_317_163_560));
        assert_eq!(loose("2025-01-30"), Some(1_738_195_200));
        assert_eq!(loose("2025-01-30 sometime"), Some(1_738_195_200));
        assert_eq!(loose(""), None);
        assert_eq!(day("2025-01-30"), Some(1_738_195_200));
        assert_eq!(day("2025-02-30"), None);
        assert_eq!(worded_day("12 Feb 2025"), Some(1_739_318_400));
        assert_eq!(worded_day("31 Feb 2025"), None);
        assert_eq!(worded_day("February"), None);
    }
}
