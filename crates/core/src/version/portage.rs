//! Gentoo's order: the Package Manager Specification, section 3.3, as Portage's `vercmp` does it.
//!
//! A version is `digits{.digits}[letter]{_suffix[digits]}[-rdigits]`. The first numbers are
//! compared by value; numbers behind a dot too, unless one of the two begins with a zero: then
//! they are compared as text without the zeros at their end, so `1.09` comes before `1.1`. More
//! numbers come after fewer. Then the letters, none first; then the suffixes in turns, `alpha`,
//! `beta`, `pre`, `rc`, the end, `p`, with a missing number as zero; at last the revisions.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        compare_numbers(a.numbers, b.numbers)
            .then_with(|| a.letter.cmp(&b.letter))
            .then_with(|| compare_suffixes(a.suffixes, b.suffixes))
            .then_with(|| number::compare(a.revision, b.revision)),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    /// Numbers with dots between them.
    numbers: &'a [u8],
    letter: Option<u8>,
    /// Empty, or `_` and suffixes with `_` between them.
    suffixes: &'a [u8],
    revision: &'a [u8],
}

/// A word behind `_`, in its order around the end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Alpha,
    Beta,
    Pre,
    Candidate,
    End,
    Patch,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.as_bytes();
        let length = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let (numbers, rest) = text.split_at_checked(length)?;
        let (letter, rest) = match rest {
            [letter, rest @ ..] if letter.is_ascii_lowercase() => (Some(*letter), rest),
            _ => (None, rest),
        };
        let hyphen = rest.iter().position(|byte| *byte == b'-').unwrap_or(rest.len());
        let (suffixes, revision) = rest.split_at_checked(hyphen)?;
        let revision = match revision {
            [b'-', b'r', digits @ ..] if is_number(digits) => digits,
            [] => revision,
            _ => return None,
        };
        let is_fine = numbers.split(|byte| *byte == b'.').all(is_number)
            && (suffixes.is_empty() || suffixes.first() == Some(&b'_'))
            && split_suffixes(suffixes).all(|suffix| read_suffix(suffix).is_some());
        is_fine.then_some(Self { numbers, letter, suffixes, revision })
    }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The suffixes, each without its `_`.
fn split_suffixes(suffixes: &[u8]) -> impl Iterator<Item = &[u8]> {
    // The first `_` separates nothing from the first suffix.
    suffixes.split(|byte| *byte == b'_').skip(1)
}

fn read_suffix(suffix: &[u8]) -> Option<(Word, &[u8])> {
    let length = suffix.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let (word, digits) = suffix.split_at_checked(length)?;
    let word = match word {
        b"alpha" => Word::Alpha,
        b"beta" => Word::Beta,
        b"pre" => Word::Pre,
        b"rc" => Word::Candidate,
        b"p" => Word::Patch,
        _ => return None,
    };
    digits.iter().all(u8::is_ascii_digit).then_some((word, digits))
}

fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    let mut order = number::compare(a.next().unwrap_or_default(), b.next().unwrap_or_default());
    while order.is_eq() {
        order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a @ [b'0', ..]), Some(b)) | (Some(a), Some(b @ [b'0', ..])) => {
                without_last_zeros(a).cmp(without_last_zeros(b))
            }
            (Some(a), Some(b)) => number::compare(a, b),
        };
    }
    order
}

fn without_last_zeros(mut digits: &[u8]) -> &[u8] {
    while let [rest @ .., b'0'] = digits {
        digits = rest;
    }
    digits
}

fn compare_suffixes(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (split_suffixes(a), split_suffixes(b));
    loop {
        let (suffix_a, suffix_b) = (a.next(), b.next());
        if suffix_a.is_none() && suffix_b.is_none() {
            return Ordering::Equal;
        }
        let [(word_a, digits_a), (word_b, digits_b)] = [suffix_a, suffix_b]
            .map(|suffix| suffix.and_then(read_suffix).unwrap_or((Word::End, &[])));
        let order = word_a.cmp(&word_b).then_with(|| number::compare(digits_a, digits_b));
        if order.is_ne() {
            return order;
        }
    }
}
