//! The time a document carries. No clock is asked: the same bytes give the same document.

use crate::WriteOptions;
use lazaret_core::report::Report;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The time for formats that cannot do without one, when nothing gives a better one.
pub(crate) const EPOCH: &str = "1970-01-01T00:00:00Z";

/// When a document was made: the date that was asked for (`SOURCE_DATE_EPOCH`), else when the image
/// was made, else nothing. In whole seconds, UTC.
pub(crate) fn created(report: &Report, options: &WriteOptions) -> Option<String> {
    options
        .source_date
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(whole_seconds)
        .or_else(|| report.image.config.created.as_deref().and_then(timestamp))
}

/// A time of an image or an advisory in whole seconds, UTC; nothing when it is not a time (RFC 3339)
/// or lies before 1970, as the zero dates of some builders do.
pub(crate) fn timestamp(text: &str) -> Option<String> {
    OffsetDateTime::parse(text, &Rfc3339).ok().and_then(whole_seconds)
}

fn whole_seconds(time: OffsetDateTime) -> Option<String> {
    let time = time.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).ok()?;
    (1970..=9999).contains(&time.year()).then(|| time.format(&Rfc3339).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_of_utc() {
        for (text, expected) in [
            ("2024-02-13T08:00:00Z", Some("2024-02-13T08:00:00Z")),
            ("2019-08-20T20:19:55.211423266Z", Some("2019-08-20T20:19:55Z")),
            ("2024-02-13T01:30:00+02:00", Some("2024-02-12T23:30:00Z")),
            ("0001-01-01T00:00:00Z", None),
            ("1970-01-01T00:30:00+01:00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(timestamp(text).as_deref(), expected, "{text}");
        }
    }
}
