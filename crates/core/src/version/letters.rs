//! The order of programs that are found by their bytes rather than through a package manager, and
//! number their releases as OpenSSL did: `1.0.2`, `1.0.2a`, … `1.0.2z`, `1.0.2za`.
//!
//! There is no specification that all such programs follow, so this is one. A version is numbers
//! with dots between them, then a tail. Missing numbers are zero: `3.0` equals `3.0.0`. The tail is
//! read in runs of letters and of digits, whatever stands between them, and compared run by run:
//!
//! 1. Words of pre-releases come before the end: `dev` (also `devel`, `git`, `snapshot`,
//!    `nightly`), `alpha`, `beta`, `preview` or `pre`, `rc`, in this order; `1.1.1-pre9` is before
//!    `1.1.1`. First in the tail, `a` and `b` with digits behind them are short for the
//!    second and third, as Python has them: `3.13.0b4`.
//! 2. Then comes the end.
//! 3. One or two other letters, and `patch` and `pl`, which mean `p`, come after the end: `1.0.2k`,
//!    `9.6p1`, `4.2.8p15`.
//! 4. Numbers come last and count by value: `1.8.0_392`, `4.96-58`.
//!
//! Any longer word tells how a release was built, not which it is, so it ends the version:
//! `1.0.2k-fips` equals `1.0.2k`, and `10.6.12-MariaDB-log` equals `10.6.12`. So does a plus
//! sign. Case, a leading `v` and blanks around the version do not count.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let order = compare_release(a.release, b.release);
    Some(order.then_with(|| compare_tail(a.tail, b.tail)))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    /// Numbers with dots between them.
    release: &'a [u8],
    tail: &'a [u8],
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text).as_bytes();
        if !text.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_+~()".contains(byte)) {
            return None;
        }
        let (first, mut tail) = number::split_digits(text);
        if first.is_empty() {
            return None;
        }
        while let [b'.', behind @ ..] = tail
            && let ([_, ..], behind) = number::split_digits(behind)
        {
            tail = behind;
        }
        let release = text.get(..text.len().saturating_sub(tail.len()))?;
        Some(Self { release, tail })
    }
}

/// A run of a tail, in the order of the runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Development,
    Alpha,
    Beta,
    Preview,
    Candidate,
    End,
    Letters,
    Number,
}

const WORDS: [(&[u8], Rank); 12] = [
    (b"dev", Rank::Development),
    (b"devel", Rank::Development),
    (b"git", Rank::Development),
    (b"snapshot", Rank::Development),
    (b"nightly", Rank::Development),
    (b"alpha", Rank::Alpha),
    (b"beta", Rank::Beta),
    (b"pre", Rank::Preview),
    (b"preview", Rank::Preview),
    (b"rc", Rank::Candidate),
    (b"patch", Rank::Letters),
    (b"pl", Rank::Letters),
];

fn compare_release(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => number::compare(a.unwrap_or_default(), b.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_tail(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (runs(a), runs(b));
    loop {
        let end = (Rank::End, &[][..]);
        let (a, b) = (a.next().unwrap_or(end), b.next().unwrap_or(end));
        let order = a.0.cmp(&b.0).then_with(|| match a.0 {
            Rank::Number => number::compare(a.1, b.1),
            Rank::Letters => lower_case(a.1).cmp(lower_case(b.1)),
            _ => Ordering::Equal,
        });
        if order.is_ne() || a.0 == Rank::End {
            return order;
        }
    }
}

/// The runs that count, up to the first word that does not.
fn runs(tail: &[u8]) -> impl Iterator<Item = (Rank, &[u8])> {
    let mut is_first = true;
    let mut rest = tail;
    std::iter::from_fn(move || {
        // What stands between runs is neither letter nor digit; a plus sign ends the version.
        let start = rest.iter().position(|byte| byte.is_ascii_alphanumeric() || *byte == b'+')?;
        let text = rest.get(start..)?;
        let is_digit = text.first()?.is_ascii_digit();
        let belongs =
            |byte: &&u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == is_digit;
        let (run, behind) = text.split_at_checked(text.iter().take_while(belongs).count())?;
        let is_short = std::mem::take(&mut is_first) && matches!(behind, [b'0'..=b'9', ..]);
        let rank = if is_digit { Rank::Number } else { rank(run, is_short)? };
        rest = behind;
        let is_patch = rank == Rank::Letters && run.len() > 1 && named(run).is_some();
        Some((rank, if is_patch { b"p" } else { run }))
    })
}

/// Where a word stands; nowhere if it does not count.
fn rank(word: &[u8], is_short: bool) -> Option<Rank> {
    match word {
        [b'a' | b'A'] if is_short => Some(Rank::Alpha),
        [b'b' | b'B'] if is_short => Some(Rank::Beta),
        _ => named(word).or(matches!(word, [_] | [_, _]).then_some(Rank::Letters)),
    }
}

fn named(word: &[u8]) -> Option<Rank> {
    let is_word = |(name, _): &&(&[u8], Rank)| name.eq_ignore_ascii_case(word);
    WORDS.iter().find(is_word).map(|(_, rank)| *rank)
}

fn lower_case(word: &[u8]) -> impl Iterator<Item = u8> {
    word.iter().map(u8::to_ascii_lowercase)
}
