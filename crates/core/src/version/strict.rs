//! Semantic Versioning 2.0.0 to the letter (<https://semver.org>), for the orders that are built on
//! it and differ only in what they add.

use super::{number, semver};
use std::cmp::Ordering;

/// The parts of a version `number.number.number[-identifiers][+identifiers]`.
pub(super) struct Version<'a> {
    /// A number that was left out is an empty run of digits.
    pub(super) numbers: [&'a [u8]; 3],
    /// Identifiers with dots between them; empty for a release.
    pub(super) prerelease: &'a [u8],
    /// Identifiers with dots between them; empty where there is no metadata.
    pub(super) build: &'a [u8],
}

impl<'a> Version<'a> {
    /// Reads a version as the standard has it: three numbers, and no leading zero in them or in
    /// a pre-release identifier of digits.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let version = Self::parse_with_zeros(text, 3)?;
        let is_fine = !version.numbers.into_iter().any(has_leading_zero)
            && !version.prerelease.split(|byte| *byte == b'.').any(has_leading_zero);
        is_fine.then_some(version)
    }

    /// Reads a version of at least so many numbers, whatever zeros they begin with.
    pub(super) fn parse_with_zeros(text: &'a str, numbers_min: usize) -> Option<Self> {
        let mut rest = text.as_bytes();
        let mut numbers: [&[u8]; 3] = [&[]; 3];
        for (position, number) in numbers.iter_mut().enumerate() {
            let digits = match rest {
                _ if position == 0 => rest,
                [b'.', digits @ ..] => digits,
                _ if position < numbers_min => return None,
                _ => break,
            };
            (*number, rest) = number::split_digits(digits);
            if number.is_empty() {
                return None;
            }
        }
        let plus = rest.iter().position(|byte| *byte == b'+').unwrap_or(rest.len());
        let (prerelease, build) = rest.split_at_checked(plus)?;
        let prerelease = identifiers_behind(b'-', prerelease)?;
        let build = identifiers_behind(b'+', build)?;
        Some(Self { numbers, prerelease, build })
    }

    pub(super) fn compare_numbers(&self, other: &Self) -> Ordering {
        let pairs = self.numbers.into_iter().zip(other.numbers);
        pairs
            .map(|(a, b)| number::compare(a, b))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The order of the standard's section 11: metadata does not count.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.compare_numbers(other)
            .then_with(|| semver::compare_prerelease(self.prerelease, other.prerelease))
    }
}

/// The identifiers behind a mark; none where the text is empty.
fn identifiers_behind(mark: u8, text: &[u8]) -> Option<&[u8]> {
    match text {
        [] => Some(text),
        [first, rest @ ..] => (*first == mark && semver::is_identifiers(rest)).then_some(rest),
    }
}

fn has_leading_zero(text: &[u8]) -> bool {
    matches!(text, [b'0', _, ..]) && text.iter().all(u8::is_ascii_digit)
}
