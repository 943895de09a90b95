//! Times in layouts of Go, which write a certain moment the way all are written
//! (<https://pkg.go.dev/time#pkg-constants>).

use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// What a part of a layout stands for.
#[derive(Clone, Copy)]
enum Part {
    Year,
    ShortYear,
    MonthName,
    MonthShort,
    Month,
    WeekdayName,
    WeekdayShort,
    Day,
    Hour,
    HourOfTwelve,
    Minute,
    Second,
    Noon,
    ZoneName,
    Zone,
}

/// Parts by how they are written, longer ones before those they begin with.
const PARTS: [(&str, Part); 26] = [
    ("2006", Part::Year),
    ("January", Part::MonthName),
    ("Jan", Part::MonthShort),
    ("Monday", Part::WeekdayName),
    ("Mon", Part::WeekdayShort),
    ("MST", Part::ZoneName),
    ("Z07:00", Part::Zone),
    ("-07:00", Part::Zone),
    ("Z0700", Part::Zone),
    ("-0700", Part::Zone),
    ("-07", Part::Zone),
    ("01", Part::Month),
    ("02", Part::Day),
    ("_2", Part::Day),
    ("03", Part::HourOfTwelve),
    ("04", Part::Minute),
    ("05", Part::Second),
    ("06", Part::ShortYear),
    ("15", Part::Hour),
    ("PM", Part::Noon),
    ("pm", Part::Noon),
    ("1", Part::Month),
    ("2", Part::Day),
    ("3", Part::HourOfTwelve),
    ("4", Part::Minute),
    ("5", Part::Second),
];

/// Layouts that OPA knows by name.
const NAMED: [(&str, &str); 10] = [
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", "2006-01-02T15:04:05Z07:00"),
    ("RFC3339Nano", "2006-01-02T15:04:05Z07:00"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What was read so far.
struct Read {
    year: i32,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    afternoon: Option<bool>,
    offset: UtcOffset,
}

/// Reads a text by a layout; nothing if it is not written so.
pub(crate) fn parse(layout: &str, text: &str) -> Option<OffsetDateTime> {
    let layout = NAMED.iter().find(|(name, _)| *name == layout).map_or(layout, |(_, is)| is);
    let mut read = Read {
        year: 0,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        afternoon: None,
        offset: UtcOffset::UTC,
    };
    let (mut layout, mut text) = (layout, text);
    while !layout.is_empty() {
        let found = PARTS.iter().find(|(word, _)| layout.starts_with(word));
        if let Some((word, part)) = found {
            layout = layout.strip_prefix(word)?;
            text = read.take(*part, word, text)?;
            // A fraction may follow seconds, whether the layout has one or not.
            if matches!(part, Part::Second) {
                layout = without_fraction(layout);
                text = read.take_fraction(text)?;
            }
        } else {
            let letter = layout.chars().next()?;
            layout = layout.strip_prefix(letter)?;
            text = text.strip_prefix(letter)?;
        }
    }
    if text.is_empty() { read.moment() } else { None }
}

/// What follows a fraction such as `.000` or `,999` in a layout.
fn without_fraction(layout: &str) -> &str {
    let Some(rest) = layout.strip_prefix(['.', ',']) else { return layout };
    let digits = rest.trim_start_matches('0').len().min(rest.trim_start_matches('9').len());
    if digits < rest.len() { rest.get(rest.len() - digits..).unwrap_or(rest) } else { layout }
}

/// A number of at least and at most so many digits, and what follows.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(end)?;
    (end >= least).then_some(())?;
    Some((number.parse().ok()?, rest))
}

/// The position of the name a text begins with, from 1, and what follows.
fn name<'t>(text: &'t str, names: &[&str], length: Option<usize>) -> Option<(u8, &'t str)> {
    for (at, name) in (1_u8..).zip(names) {
        let name = length.map_or(*name, |length| name.get(..length).unwrap_or(name));
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return Some((at, rest));
        }
    }
    None
}

impl Read {
    fn take<'t>(&mut self, part: Part, word: &str, text: &'t str) -> Option<&'t str> {
        // A layout of two digits takes two, one of one digit takes one or two.
        let least = if word.len() == 2 && word != "_2" { 2 } else { 1 };
        let two = |text: &'t str| {
            let (number, rest) = digits(text.trim_start_matches(' '), least, 2)?;
            Some((u8::try_from(number).ok()?, rest))
        };
        let rest;
        match part {
            Part::Year => {
                let (year, behind) = digits(text, 4, 4)?;
                (self.year, rest) = (i32::try_from(year).ok()?, behind);
            }
            Part::ShortYear => {
                let (year, behind) = digits(text, 2, 2)?;
                let century = if year >= 69 { 1900 } else { 2000 };
                (self.year, rest) = (i32::try_from(year + century).ok()?, behind);
            }
            Part::MonthName => (self.month, rest) = name(text, &MONTHS, None)?,
            Part::MonthShort => (self.month, rest) = name(text, &MONTHS, Some(3))?,
            Part::Month => (self.month, rest) = two(text)?,
            Part::WeekdayName => (_, rest) = name(text, &WEEKDAYS, None)?,
            Part::WeekdayShort => (_, rest) = name(text, &WEEKDAYS, Some(3))?,
            Part::Day => (self.day, rest) = two(text)?,
            Part::Hour | Part::HourOfTwelve => (self.hour, rest) = two(text)?,
            Part::Minute => (self.minute, rest) = two(text)?,
            Part::Second => (self.second, rest) = two(text)?,
            Part::Noon => {
                let (head, behind) = text.split_at_checked(2)?;
                self.afternoon = Some(match head {
                    "AM" | "am" => false,
                    "PM" | "pm" => true,
                    _ => return None,
                });
                rest = behind;
            }
            Part::ZoneName => {
                // The name of a zone does not say where it is, but for this one.
                let end = text.bytes().take_while(u8::is_ascii_uppercase).count();
                let (zone, behind) = text.split_at_checked(end)?;
                matches!(zone, "UTC" | "GMT").then_some(())?;
                rest = behind;
            }
            Part::Zone => {
                if word.starts_with('Z')
                    && let Some(behind) = text.strip_prefix('Z')
                {
                    return Some(behind);
                }
                let sign = if text.starts_with('-') { -1 } else { 1 };
                let text = text.strip_prefix(['+', '-'])?;
                let (hours, text) = digits(text, 2, 2)?;
                let text = if word.contains(':') { text.strip_prefix(':')? } else { text };
                let (minutes, behind) = if word == "-07" { (0, text) } else { digits(text, 2, 2)? };
                let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
                self.offset = UtcOffset::from_whole_seconds(sign * seconds).ok()?;
                rest = behind;
            }
        }
        Some(rest)
    }

    fn take_fraction<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let Some(rest) = text.strip_prefix(['.', ',']) else { return Some(text) };
        let end = rest.bytes().take_while(u8::is_ascii_digit).count();
        if end == 0 {
            return Some(text);
        }
        let (fraction, rest) = rest.split_at_checked(end)?;
        let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        self.nanosecond = nine.parse().ok()?;
        Some(rest)
    }

    fn moment(&self) -> Option<OffsetDateTime> {
        let hour = match (self.afternoon, self.hour) {
            (Some(true), 12) | (None, _) => self.hour,
            (Some(true), hour) => hour.checked_add(12)?,
            (Some(false), 12) => 0,
            (Some(false), hour) => hour,
        };
        let month = Month::try_from(self.month).ok()?;
        let date = Date::from_calendar_date(self.year, month, self.day).ok()?;
        let time = Time::from_hms_nano(hour, self.minute, self.second, self.nanosecond).ok()?;
        Some(OffsetDateTime::new_in_offset(date, time, self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn layouts_are_read_as_go_reads_them() {
        // Seconds by `date -u -d … +%s`.
        for (layout, text, seconds) in [
            ("2006-01-02", "2024-06-29", 1_719_619_200),
            ("2006-Jan-02", "2024-Jun-29", 1_719_619_200),
            ("January 2, 2006", "June 29, 2024", 1_719_619_200),
            ("2.1.2006", "29.6.2024", 1_719_619_200),
            ("20060102", "20240629", 1_719_619_200),
            ("2006-01-02T15:04:05Z07:00", "2024-06-29T02:00:00+02:00", 1_719_619_200),
            ("2006-01-02T15:04:05Z", "2024-06-29T00:00:00Z", 1_719_619_200),
            ("2006-01-02 03:04 PM", "2024-06-29 12:00 AM", 1_719_619_200),
            ("RFC1123", "Sat, 29 Jun 2024 00:00:00 GMT", 1_719_619_200),
            ("RFC3339", "2024-06-29T00:00:00.25Z", 1_719_619_200),
            ("2006-01-02T15:04:05.000Z07:00", "2024-06-29T00:00:00.250Z", 1_719_619_200),
            ("ANSIC", "Sat Jun 29 00:00:00 2024", 1_719_619_200),
        ] {
            let moment = parse(layout, text).map(time::OffsetDateTime::unix_timestamp);
            assert_eq!(moment, Some(seconds), "{layout} {text}");
        }
        for (layout, text) in [
            ("2006-01-02", "2024-6-29"),
            ("2006-01-02", "2024-06-29T00:00:00Z"),
            ("2006-01-02", "2024-13-29"),
            ("2006-01-02", "2023-02-29"),
            ("2006-Jan-02", "2024-Juni-29"),
            ("MST 2006", "CET 2024"),
            ("", "x"),
        ] {
            assert_eq!(parse(layout, text), None, "{layout} {text}");
        }
    }
}
