//! The order of Bitnami's packages, as `github.com/bitnami/go-version` compares.
//!
//! The grammar is that of Semantic Versioning 2.0.0, but what stands behind the hyphen is no
//! pre-release: it is the revision of the package, so `1.2.3-1` comes after `1.2.3`. Revisions are
//! compared identifier by identifier, as the standard compares pre-releases. Metadata does not
//! count.

use super::{semver, strict::Version};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(a.compare_numbers(&b).then_with(|| match (a.prerelease, b.prerelease) {
        ([], _) | (_, []) => b.prerelease.is_empty().cmp(&a.prerelease.is_empty()),
        (a, b) => semver::compare_prerelease(a, b),
    }))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}
