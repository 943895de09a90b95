//! Semantic Versioning 2.0.0, section 11, read as leniently as npm's `semver` reads loose versions.
//!
//! Beyond the standard this accepts what registries and advisories hold: a leading `v` or `=`,
//! leading zeros, a pre-release without its hyphen (`1.2.3beta`), and one or two numbers instead
//! of three (`1.0` equals `1.0.0`). Build metadata does not count. Unlike npm, numbers and texts
//! may have any length. Loose npm reads `1.2.34.5` as `1.2.3-4.5`; a fourth number is refused here.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        number::compare(a.major, b.major)
            .then_with(|| number::compare(a.minor, b.minor))
            .then_with(|| number::compare(a.patch, b.patch))
            .then_with(|| compare_prerelease(a.prerelease, b.prerelease)),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

/// The parts that count. A number that was left out is an empty run of digits.
struct Version<'a> {
    major: &'a [u8],
    minor: &'a [u8],
    patch: &'a [u8],
    /// Identifiers with dots between them; empty for a release.
    prerelease: &'a [u8],
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.trim_start_matches(|c: char| matches!(c, 'v' | '=') || c.is_whitespace());
        let (major, rest) = number::split_digits(text.as_bytes());
        if major.is_empty() {
            return None;
        }
        let (minor, rest) = split_next_number(rest)?;
        let (patch, rest) = split_next_number(rest)?;

        let (prerelease, build) = match rest.iter().position(|byte| *byte == b'+') {
            Some(plus) => rest.split_at_checked(plus)?,
            None => (rest, &[][..]),
        };
        if let [b'+', build @ ..] = build
            && !is_identifiers(build)
        {
            return None;
        }
        let prerelease = match prerelease {
            // npm lets the hyphen belong to the first identifier where that is what makes it one.
            [b'-', after @ ..] if is_identifiers(after) => after,
            [] => prerelease,
            _ if is_identifiers(prerelease) => prerelease,
            _ => return None,
        };
        Some(Self { major, minor, patch, prerelease })
    }
}

/// Splits off a dot and the number it must be followed by; without a dot there is no number.
fn split_next_number(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(after) = text.strip_prefix(b".") else {
        return Some((&[], text));
    };
    let (digits, rest) = number::split_digits(after);
    (!digits.is_empty()).then_some((digits, rest))
}

/// Whether a text is one or more identifiers of letters, digits and hyphens with dots between.
pub(super) fn is_identifiers(text: &[u8]) -> bool {
    let mut previous = b'.';
    for &byte in text {
        let is_fine = match byte {
            b'.' => previous != b'.',
            _ => byte.is_ascii_alphanumeric() || byte == b'-',
        };
        if !is_fine {
            return false;
        }
        previous = byte;
    }
    previous != b'.'
}

/// Compares pre-releases: none comes last, numbers come before words, fewer identifiers first.
pub(super) fn compare_prerelease(a: &[u8], b: &[u8]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        // A release comes after its pre-releases.
        return a.is_empty().cmp(&b.is_empty());
    }
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let (identifier_a, identifier_b) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(identifier_a), Some(identifier_b)) => (identifier_a, identifier_b),
        };
        let is_number = |identifier: &[u8]| identifier.iter().all(u8::is_ascii_digit);
        let order = match (is_number(identifier_a), is_number(identifier_b)) {
            (true, true) => number::compare(identifier_a, identifier_b),
            (false, false) => identifier_a.cmp(identifier_b),
            // Numbers come before words.
            (a_is_number, b_is_number) => b_is_number.cmp(&a_is_number),
        };
        if order.is_ne() {
            return order;
        }
    }
}
