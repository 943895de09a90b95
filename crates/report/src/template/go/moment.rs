//! Times as Go writes them, by a layout that shows how one moment would look. All are UTC.

use std::fmt::Write as _;
use time::OffsetDateTime;

/// How Go prints a time that nobody asked a layout of.
pub(super) fn printed(time: OffsetDateTime) -> String {
    format(time, "2006-01-02 15:04:05.999999999 -0700 MST")
}

/// What a layout may be made of, the longest first where one begins another. Go's own reference
/// moment is 15:04:05 on Monday, 2 January 2006, seven hours west of Greenwich.
const PARTS: [&str; 36] = [
    "January",
    "Monday",
    "2006",
    "Z07:00",
    "Z0700",
    "-07:00",
    "-0700",
    "Jan",
    "Mon",
    "MST",
    "002",
    "Z07",
    "-07",
    "_2",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "15",
    "PM",
    "pm",
    "1",
    "2",
    "3",
    "4",
    "5",
    ".000000000",
    ".000000",
    ".000",
    ".999999999",
    ".999999",
    ".999",
    ",000",
    ",999",
];

/// A time by a layout.
pub(super) fn format(time: OffsetDateTime, layout: &str) -> String {
    let mut out = String::new();
    let mut rest = layout;
    while let Some(first) = rest.chars().next() {
        let part = PARTS.iter().find(|part| rest.starts_with(**part)).filter(|part| {
            // `Jan` is no part of `Janet`, nor are more digits than these a fraction.
            let behind = rest.get(part.len()..).unwrap_or_default();
            match **part {
                "Jan" | "Mon" => !behind.starts_with(|c: char| c.is_ascii_lowercase()),
                part if part.starts_with(['.', ',']) => {
                    !behind.starts_with(|c: char| c.is_ascii_digit())
                }
                _ => true,
            }
        });
        if let Some(part) = part {
            write(time, part, &mut out);
            rest = rest.get(part.len()..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

fn write(time: OffsetDateTime, part: &str, out: &mut String) {
    let twelve = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = time.month().to_string();
    let weekday = time.weekday().to_string();
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let written = match part {
        "January" => write!(out, "{month}"),
        "Jan" => write!(out, "{}", short(&month)),
        "Monday" => write!(out, "{weekday}"),
        "Mon" => write!(out, "{}", short(&weekday)),
        "2006" => write!(out, "{:04}", time.year()),
        "06" => write!(out, "{:02}", time.year().rem_euclid(100)),
        "01" => write!(out, "{:02}", u8::from(time.month())),
        "1" => write!(out, "{}", u8::from(time.month())),
        "02" => write!(out, "{:02}", time.day()),
        "_2" => write!(out, "{:2}", time.day()),
        "2" => write!(out, "{}", time.day()),
        "002" => write!(out, "{:03}", time.ordinal()),
        "15" => write!(out, "{:02}", time.hour()),
        "03" => write!(out, "{twelve:02}"),
        "3" => write!(out, "{twelve}"),
        "04" => write!(out, "{:02}", time.minute()),
        "4" => write!(out, "{}", time.minute()),
        "05" => write!(out, "{:02}", time.second()),
        "5" => write!(out, "{}", time.second()),
        "PM" => write!(out, "{}", if time.hour() < 12 { "AM" } else { "PM" }),
        "pm" => write!(out, "{}", if time.hour() < 12 { "am" } else { "pm" }),
        "MST" => write!(out, "UTC"),
        "Z07:00" | "Z0700" | "Z07" => write!(out, "Z"),
        "-07:00" => write!(out, "+00:00"),
        "-0700" => write!(out, "+0000"),
        "-07" => write!(out, "+00"),
        fraction => {
            let digits: String =
                format!("{:09}", time.nanosecond()).chars().take(fraction.len() - 1).collect();
            let mark = fraction.chars().next().unwrap_or('.');
            if fraction.contains('0') {
                write!(out, "{mark}{digits}")
            } else {
                match digits.trim_end_matches('0') {
                    "" => Ok(()),
                    digits => write!(out, "{mark}{digits}"),
                }
            }
        }
    };
    written.unwrap_or_default();
}

/// A length of time as Go writes it, such as `-1h30m` or `1.5s`, in nanoseconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: f64 = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at(end);
        let number: f64 = number.parse().ok()?;
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        total += number
            * match unit {
                "ns" => 1.0,
                "us" | "µs" | "μs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                _ => return None,
            };
        rest = behind;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
    let whole = (total < 9.2e18).then_some(total as i64)?;
    Some(if negative { -whole } else { whole })
}
