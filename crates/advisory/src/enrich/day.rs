//! Days in two bytes: counted from 1970, up to the year 2149.

use time::format_description::BorrowedFormatItem;
use time::macros::{date, format_description};
use time::{Date, Duration};

/// Days as RFC 3339 writes them.
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// The number of a day such as `2021-12-10`; none for what is no day, or too early or late.
pub(crate) fn number(text: &str) -> Option<u16> {
    let day = Date::parse(text.trim(), DAY).ok()?;
    u16::try_from((day - date!(1970 - 01 - 01)).whole_days()).ok()
}

/// The day of a number.
pub(crate) fn text(number: u16) -> Option<String> {
    let day = date!(1970 - 01 - 01).checked_add(Duration::days(i64::from(number)))?;
    day.format(DAY).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Numbers by `date -u -d … +%s`, divided by 86,400.
    #[test]
    fn days_come_back() {
        for (day, expected) in [
            ("1970-01-01", Some(0)),
            ("2021-12-10", Some(18_971)),
            ("2149-06-06", Some(u16::MAX)),
            ("2149-06-07", None),
            ("1969-12-31", None),
            ("2021-02-30", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(number(day), expected, "{day}");
            if let Some(number) = expected {
                assert_eq!(text(number).as_deref(), Some(day));
            }
        }
    }
}
