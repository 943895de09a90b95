//! Days, as images write them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads a moment as in RFC 3339.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text.trim(), &Rfc3339).ok()
}
