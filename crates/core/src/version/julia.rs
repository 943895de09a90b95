//! Julia's order: `VersionNumber` of its `base/version.jl`
//! (<https://docs.julialang.org/en/v1/base/numbers/#Base.VersionNumber>).
//!
//! That is Semantic Versioning, in which build metadata counts: it is compared as pre-releases
//! are, none before some. A leading `v` does not count, missing numbers are zero, leading zeros
//! are nothing, and a pre-release that begins with a letter needs no hyphen (`1.0rc1`). Two odd
//! versions mark the ends of what belongs to a release: `1.0.0-` comes before all its pre-releases
//! and `1.0.0+` after all its builds.

use super::{number, semver};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let numbers = a.numbers.into_iter().zip(b.numbers);
    Some(
        numbers
            .map(|(a, b)| number::compare(a, b))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
            .then_with(|| compare_prerelease(a.prerelease, b.prerelease))
            .then_with(|| compare_build(a.build, b.build)),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    /// A number that was left out is an empty run of digits.
    numbers: [&'a [u8]; 3],
    /// Identifiers with dots between them; empty behind a mark with nothing behind it.
    prerelease: Option<&'a [u8]>,
    build: Option<&'a [u8]>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text).as_bytes();
        let mut numbers: [&[u8]; 3] = [&[]; 3];
        for (position, number) in numbers.iter_mut().enumerate() {
            let digits = match rest {
                _ if position == 0 => rest,
                [b'.', digits @ ..] => digits,
                _ => break,
            };
            (*number, rest) = number::split_digits(digits);
            if number.is_empty() {
                return None;
            }
        }
        let plus = rest.iter().position(|byte| *byte == b'+').unwrap_or(rest.len());
        let (prerelease, build) = rest.split_at_checked(plus)?;
        let prerelease = match prerelease {
            [] => None,
            [b'-', identifiers @ ..] => Some(identifiers),
            [first, ..] if first.is_ascii_alphabetic() => Some(prerelease),
            _ => return None,
        };
        let build = match build {
            [] => None,
            [_, identifiers @ ..] => Some(identifiers),
        };
        let is_part = |part: Option<&[u8]>| {
            part.is_none_or(|part| part.is_empty() || semver::is_identifiers(part))
        };
        // The end of pre-releases is no version that could have builds.
        let is_fine = is_part(prerelease)
            && is_part(build)
            && !(prerelease.is_some_and(<[u8]>::is_empty) && build.is_some());
        is_fine.then_some(Self { numbers, prerelease, build })
    }
}

fn compare_prerelease(a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
    match (a, b) {
        (Some(a @ []), Some(b)) | (Some(a), Some(b @ [])) => a.len().cmp(&b.len()),
        (Some(a), Some(b)) => semver::compare_prerelease(a, b),
        // A release comes after its pre-releases.
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

fn compare_build(a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
    match (a, b) {
        (Some([]), _) | (_, Some([])) => is_last_build(a).cmp(&is_last_build(b)),
        (Some(a), Some(b)) => semver::compare_prerelease(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn is_last_build(build: Option<&[u8]>) -> bool {
    build.is_some_and(<[u8]>::is_empty)
}
