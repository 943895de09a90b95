//! Conda's order: `VersionOrder` of conda's `models/version.py`
//! (<https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html>).
//!
//! A version is `[epoch!]version[+local]`. Versions and locals are components with dots or
//! underscores between them, and each component is runs of digits, of stars and of everything else,
//! with a zero put before one that does not begin with a digit. Runs are compared in turns; a
//! missing one is zero. Stars and words come before numbers, `dev` before all other words, and
//! `post` after all numbers. An underscore at the end of the version belongs to the last
//! component. Case does not count, and hyphens stand for underscores where there are none. Conda
//! takes `_` and `*` for versions; here a version has a letter or digit.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        number::compare(a.epoch, b.epoch)
            .then_with(|| compare_part(a.release, b.release))
            .then_with(|| compare_part(a.local, b.local)),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    /// Digits; none for a missing epoch.
    epoch: &'a [u8],
    release: Part<'a>,
    local: Part<'a>,
}

/// Components with separators between them.
#[derive(Clone, Copy)]
struct Part<'a> {
    /// Nothing for a missing local version.
    text: &'a [u8],
    /// Whether an underscore at the end belongs to the last component.
    keeps_underscore: bool,
}

/// A run within a component.
#[derive(Clone, Copy)]
enum Run<'a> {
    /// Stars, or what is neither digit nor star.
    Word(&'a [u8]),
    Number(&'a [u8]),
    Post,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim().as_bytes();
        let has_underscore = text.contains(&b'_');
        let is_fine = |byte: &u8| match byte {
            b'-' => !has_underscore,
            _ => byte.is_ascii_alphanumeric() || b"*.+!_".contains(byte),
        };
        if !text.iter().all(is_fine) || !text.iter().any(u8::is_ascii_alphanumeric) {
            return None;
        }
        let (epoch, rest) = match split_once(text, b'!') {
            Some((epoch @ [_, ..], rest)) if epoch.iter().all(u8::is_ascii_digit) => (epoch, rest),
            Some(_) => return None,
            None => (&[][..], text),
        };
        let (release, local) = match split_once(rest, b'+') {
            Some((_, [])) => return None,
            Some((release, local)) => (release, local),
            None => (rest, &[][..]),
        };
        let ends_in_underscore = matches!(release.last(), Some(b'_' | b'-'));
        let release = Part { text: release, keeps_underscore: ends_in_underscore };
        let local = Part { text: local, keeps_underscore: false };
        let has_more_marks = rest.contains(&b'!') || local.text.contains(&b'+');
        let is_fine =
            !has_more_marks && release.is_fine() && (local.text.is_empty() || local.is_fine());
        is_fine.then_some(Self { epoch, release, local })
    }
}

fn split_once(text: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == mark)?;
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

impl<'a> Part<'a> {
    fn components(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = Some(self.text);
        std::iter::from_fn(move || {
            let text = rest.take()?;
            let Some(at) = text.iter().position(|byte| matches!(byte, b'.' | b'_' | b'-')) else {
                return Some(text);
            };
            let behind = text.get(at.saturating_add(1)..)?;
            if behind.is_empty() && self.keeps_underscore {
                return Some(text);
            }
            rest = Some(behind);
            text.get(..at)
        })
    }

    fn is_fine(self) -> bool {
        self.components().all(|component| !component.is_empty())
    }
}

fn compare_part(a: Part<'_>, b: Part<'_>) -> Ordering {
    let (mut a, mut b) = (a.components(), b.components());
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare_runs(a.unwrap_or_default(), b.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_runs(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (runs(a), runs(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => a.unwrap_or(Run::ZERO).compare(b.unwrap_or(Run::ZERO)),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The runs of a component, behind the zero that one without a first number gets.
fn runs(component: &[u8]) -> impl Iterator<Item = Run<'_>> {
    let zero = component.first().filter(|byte| !byte.is_ascii_digit()).map(|_| Run::ZERO);
    let kind = |byte: &u8| (byte.is_ascii_digit(), *byte == b'*');
    let runs = component.chunk_by(move |a, b| kind(a) == kind(b));
    zero.into_iter().chain(runs.map(|run| match run {
        [b'0'..=b'9', ..] => Run::Number(run),
        _ if run.eq_ignore_ascii_case(b"post") => Run::Post,
        _ => Run::Word(run),
    }))
}

impl Run<'_> {
    const ZERO: Self = Run::Number(&[]);

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => number::compare(a, b),
            (Self::Word(a), Self::Word(b)) => letters(a).cmp(letters(b)),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Word(_) => 0,
            Self::Number(_) => 1,
            Self::Post => 2,
        }
    }
}

/// What a word is compared by: `dev` in capitals, which come before all other letters.
fn letters(word: &[u8]) -> impl Iterator<Item = u8> {
    let is_dev = word.eq_ignore_ascii_case(b"dev");
    word.iter().map(move |byte| match byte {
        b'-' => b'_',
        _ if is_dev => byte.to_ascii_uppercase(),
        _ => byte.to_ascii_lowercase(),
    })
}
