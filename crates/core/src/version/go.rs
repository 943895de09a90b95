//! Go's order of module versions, as `golang.org/x/mod/semver` compares them
//! (<https://go.dev/ref/mod#versions>).
//!
//! That is Semantic Versioning 2.0.0 with a leading `v`, which advisories leave out, so it may be
//! missing here. One or two numbers stand for three (`v1` equals `v1.0.0`). Build metadata, and so
//! `+incompatible`, does not count; a pseudo-version such as `v0.0.0-20240102030405-0123456789ab`
//! is a pre-release. Unlike in npm's lenient reading, leading zeros are refused. `(devel)`, what a
//! program built from a working tree calls itself, is no version.

use super::{number, semver};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        number::compare(a.major, b.major)
            .then_with(|| number::compare(a.minor, b.minor))
            .then_with(|| number::compare(a.patch, b.patch))
            .then_with(|| semver::compare_prerelease(a.prerelease, b.prerelease)),
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
        let text = text.strip_prefix('v').unwrap_or(text);
        let (major, rest) = split_number(text.as_bytes())?;
        let short = |minor| Some(Self { major, minor, patch: &[], prerelease: &[] });
        if rest.is_empty() {
            return short(&[]);
        }
        let (minor, rest) = split_number(rest.strip_prefix(b".")?)?;
        if rest.is_empty() {
            return short(minor);
        }
        let (patch, rest) = split_number(rest.strip_prefix(b".")?)?;

        let plus = rest.iter().position(|byte| *byte == b'+').unwrap_or(rest.len());
        let (prerelease, build) = rest.split_at_checked(plus)?;
        let prerelease = match prerelease {
            [b'-', identifiers @ ..] if is_prerelease(identifiers) => identifiers,
            [] => prerelease,
            _ => return None,
        };
        match build {
            [] => {}
            [_, build @ ..] if semver::is_identifiers(build) => {}
            _ => return None,
        }
        Some(Self { major, minor, patch, prerelease })
    }
}

/// Splits off a number without leading zeros.
fn split_number(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (digits, rest) = number::split_digits(text);
    (!digits.is_empty() && !has_leading_zero(digits)).then_some((digits, rest))
}

fn is_prerelease(text: &[u8]) -> bool {
    semver::is_identifiers(text)
        && text.split(|byte| *byte == b'.').all(|identifier| {
            !identifier.iter().all(u8::is_ascii_digit) || !has_leading_zero(identifier)
        })
}

fn has_leading_zero(digits: &[u8]) -> bool {
    matches!(digits, [b'0', _, ..])
}
