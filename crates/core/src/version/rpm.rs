//! RPM's order: `rpmvercmp` of rpm's `lib/rpmvercmp.c` over epoch, version and release, as
//! `rpm.ver` of its Python module compares them.
//!
//! A text is `[epoch:]version[-release]`; a missing epoch is 0 and a missing release comes before
//! every release. Versions and releases are compared in runs of letters and of digits, whatever
//! stands between them: a tilde comes before the end, a caret after the end and before
//! everything else, letters before digits, and digits count as numbers.
//!
//! rpm compares any text. No package has an epoch that is no number, an empty or blank-ridden
//! version, or one without any letter or digit, so such texts are refused here.

use super::evr::Evr;
use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Evr::parse(a)?, Evr::parse(b)?);
    let order = number::compare(a.epoch, b.epoch);
    Some(order.then_with(|| compare_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => compare_part(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }))
}

pub(super) fn is_valid(text: &str) -> bool {
    Evr::parse(text).is_some()
}

/// Compares versions or releases.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        (a, b) = (skip_separators(a), skip_separators(b));
        let order = rank(a).cmp(&rank(b));
        if order.is_ne() {
            return order;
        }
        match rank(a) {
            Rank::End => return Ordering::Equal,
            Rank::Tilde | Rank::Caret => {
                (a, b) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
            }
            Rank::Word => {
                let ((word_a, rest_a), (word_b, rest_b)) = (split_letters(a), split_letters(b));
                let order = word_a.cmp(word_b);
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
            Rank::Number => {
                let (digits_a, rest_a) = number::split_digits(a);
                let (digits_b, rest_b) = number::split_digits(b);
                let order = number::compare(digits_a, digits_b);
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
        }
    }
}

/// What comes next in a text, in the order of what comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Tilde,
    End,
    Caret,
    Word,
    Number,
}

fn rank(text: &[u8]) -> Rank {
    match text.first() {
        None => Rank::End,
        Some(b'~') => Rank::Tilde,
        Some(b'^') => Rank::Caret,
        Some(byte) if byte.is_ascii_digit() => Rank::Number,
        Some(_) => Rank::Word,
    }
}

fn skip_separators(text: &[u8]) -> &[u8] {
    let counts = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'^');
    text.iter().position(counts).and_then(|at| text.get(at..)).unwrap_or_default()
}

fn split_letters(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    text.split_at_checked(length).unwrap_or((text, &[]))
}
