//! Debian's order: deb-version(7) and Debian policy 5.6.12, as `dpkg --compare-versions` does it.
//!
//! A version is `[epoch:]upstream[-revision]`. Upstream parts and revisions are compared in turns
//! of non-digits and digits: a tilde comes before the end, the end before letters, letters before
//! everything else, and digit runs count as numbers. A missing revision equals the revision `0`.
//!
//! What dpkg only warns about (an upstream part that begins with a letter, odd characters) is
//! accepted; what it refuses (no upstream part, an empty revision, an epoch that is no number or
//! exceeds its `int`, embedded blanks) is no version here either.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let order = a.epoch.cmp(&b.epoch).then_with(|| compare_part(a.upstream, b.upstream));
    Some(order.then_with(|| compare_part(a.revision, b.revision)))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    epoch: i32,
    upstream: &'a [u8],
    revision: &'a [u8],
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t']);
        if text.contains([' ', '\t']) {
            return None;
        }
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (epoch.parse().ok().filter(|epoch| *epoch >= 0)?, rest),
            None => (0, text),
        };
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (rest, ""),
        };
        let (upstream, revision) = (upstream.as_bytes(), revision.as_bytes());
        (!upstream.is_empty()).then_some(Self { epoch, upstream, revision })
    }
}

/// Compares upstream parts or revisions.
pub(super) fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (rank_a, rank_b) = (rank(a), rank(b));
            if rank_a != rank_b {
                return rank_a.cmp(&rank_b);
            }
            if rank_a == 0 {
                break;
            }
            (a, b) = (tail(a), tail(b));
        }
        let (digits_a, rest_a) = number::split_digits(a);
        let (digits_b, rest_b) = number::split_digits(b);
        let order = number::compare(digits_a, digits_b);
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

/// Where the next byte stands among non-digits; the end and a digit share 0.
fn rank(text: &[u8]) -> i16 {
    match text.first() {
        None | Some(b'0'..=b'9') => 0,
        Some(b'~') => -1,
        Some(&byte) if byte.is_ascii_alphabetic() => i16::from(byte),
        // dpkg adds 256 to a signed char, so a byte beyond ASCII keeps its unsigned value.
        Some(&byte) if !byte.is_ascii() => i16::from(byte),
        Some(&byte) => i16::from(byte) + 256,
    }
}

fn tail(text: &[u8]) -> &[u8] {
    text.split_first().map_or(text, |(_, tail)| tail)
}
