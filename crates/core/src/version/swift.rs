//! The order of Swift packages: Semantic Versioning 2.0.0, read from tags as the Swift Package
//! Manager reads them: a leading `v` does not count, nor do leading zeros of a number, and `1.2`
//! stands for `1.2.0`.

use super::strict::Version;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(parse(a)?.compare(&parse(b)?))
}

pub(super) fn is_valid(text: &str) -> bool {
    parse(text).is_some()
}

fn parse(text: &str) -> Option<Version<'_>> {
    Version::parse_with_zeros(text.strip_prefix('v').unwrap_or(text), 2)
}
