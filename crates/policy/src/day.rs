//! Days: what suppressions end on and grace periods are counted in. Nobody here asks the clock.

use std::fmt;
use time::{Date, Month};

/// A day of the calendar (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of an RFC 3339 date, or of a date and time: what follows the day is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = text.split_at_checked(10)?;
        if !(rest.is_empty() || rest.starts_with(['T', 't', ' '])) {
            return None;
        }
        let mut parts = day.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let whole = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            if whole { part.parse::<u16>().ok() } else { None }
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let day = u8::try_from(day).ok()?;
        Date::from_calendar_date(i32::from(year), month, day).ok().map(Self)
    }

    /// The day a moment lies on, in seconds since 1970 (UTC).
    pub fn at(seconds: i64) -> Option<Self> {
        time::OffsetDateTime::from_unix_timestamp(seconds).ok().map(|moment| Self(moment.date()))
    }

    /// How many days later `other` is; negative when it is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        i64::from(other.0.to_julian_day()) - i64::from(self.0.to_julian_day())
    }

    /// Its first moment (UTC), in nanoseconds since 1970.
    pub(crate) fn nanoseconds(self) -> i64 {
        let first = self.0.midnight().assume_utc().unix_timestamp_nanos();
        i64::try_from(first).unwrap_or(i64::MAX)
    }

    /// The day before this one; the first day of the calendar is its own.
    pub fn before(self) -> Self {
        Self(self.0.previous_day().unwrap_or(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_the_ends_of_months_and_years() {
        // Expected numbers by `date -d`.
        let day = |text| Day::parse(text).unwrap();
        for (from, to, days) in [
            ("2024-02-28", "2024-03-01", 2),
            ("2023-02-28", "2023-03-01", 1),
            ("2023-12-31", "2024-12-31", 366),
            ("2024-03-01", "2024-02-28", -2),
            ("1970-01-01", "2026-11-21", 20_778),
        ] {
            assert_eq!(day(from).days_until(day(to)), days, "{from} {to}");
        }
        assert_eq!(day("2024-03-01").before().to_string(), "2024-02-29");
        assert_eq!(Day::at(1_709_294_400).unwrap().to_string(), "2024-03-01");
        assert_eq!(day("2024-03-01T23:59:59Z"), day("2024-03-01"));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2024",
            "2024-3-1",
            "2024-13-01",
            "2023-02-29",
            "2024-03-01x",
            "01.03.2024",
            "20ä4-03-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
