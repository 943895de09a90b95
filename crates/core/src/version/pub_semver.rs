//! The order of Dart and Flutter packages, as `pub_semver` compares
//! (<https://dart.dev/tools/pub/versioning>).
//!
//! That is Semantic Versioning as of 2.0.0-rc.1, in which build metadata counts: a version with
//! metadata comes after the one without, and metadata is compared as pre-releases are. Leading
//! zeros do not count. An identifier of digits only is a number; Dart's reader of integers also
//! takes `-5` and `0x1f` for numbers, which no package means and this order does not.

use super::{semver, strict::Version};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse_with_zeros(a, 3)?, Version::parse_with_zeros(b, 3)?);
    Some(a.compare(&b).then_with(|| match (a.build, b.build) {
        ([], _) | (_, []) => b.build.is_empty().cmp(&a.build.is_empty()),
        (a, b) => semver::compare_prerelease(a, b),
    }))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse_with_zeros(text, 3).is_some()
}
