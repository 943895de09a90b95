//! The order of Ruby gems, as `Gem::Version` of RubyGems compares.
//!
//! A version is numbers and words with dots between them; where letters and digits meet, a new
//! segment begins (`1.0.rc1` is `1`, `0`, `rc`, `1`), and a hyphen stands for the segment `pre`.
//! Zeros at the end and zeros before the first word do not count. Segments are compared in turns,
//! words before numbers and a missing segment as zero, so that a version with a letter comes
//! before the release it leads to. Words keep their case.
//!
//! RubyGems reads an empty text as 0; here it is no version.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (mut a, mut b) = (Segments::parse(a)?, Segments::parse(b)?);
    loop {
        let (segment_a, segment_b) = match (a.next(), b.next()) {
            (None, None) => return Some(Ordering::Equal),
            (a, b) => (a.unwrap_or(Segment::ZERO), b.unwrap_or(Segment::ZERO)),
        };
        let order = segment_a.compare(segment_b);
        if order.is_ne() {
            return Some(order);
        }
    }
}

pub(super) fn is_valid(text: &str) -> bool {
    Segments::parse(text).is_some()
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Word(&'a [u8]),
    Number(&'a [u8]),
}

impl Segment<'_> {
    const ZERO: Self = Segment::Number(&[]);

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => number::compare(a, b),
            (Self::Word(a), Self::Word(b)) => a.cmp(b),
            (Self::Word(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Word(_)) => Ordering::Greater,
        }
    }
}

/// The segments that count. Zeros at the end need no care: what is missing is zero.
struct Segments<'a> {
    rest: &'a [u8],
    /// Whether the zeros before the first word lie ahead, or that word and they are behind.
    before_word: bool,
    /// Where the zeros before the first word begin, as bytes that are left from there.
    zeros: usize,
}

impl<'a> Segments<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let rest = text.as_bytes();
        if !is_correct(rest) {
            return None;
        }
        let word = rest.iter().position(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
        let numbers = word.and_then(|at| rest.get(..at)).unwrap_or_default();
        // The first byte behind the last number that is not zero.
        let kept =
            numbers.iter().rposition(|byte| !matches!(byte, b'0' | b'.')).map_or(0, |last| {
                let tail = numbers.get(last..).unwrap_or_default();
                last.saturating_add(number::split_digits(tail).0.len())
            });
        let zeros = rest.len().saturating_sub(kept);
        Some(Self { rest, before_word: word.is_some(), zeros })
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        if self.before_word && self.rest.len() <= self.zeros {
            self.before_word = false;
            let word = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'-';
            let at = self.rest.iter().position(word)?;
            self.rest = self.rest.get(at..)?;
        }
        while let [b'.', rest @ ..] = self.rest {
            self.rest = rest;
        }
        let (&first, behind) = self.rest.split_first()?;
        if first == b'-' {
            self.rest = behind;
            return Some(Segment::Word(b"pre"));
        }
        let is_digit = first.is_ascii_digit();
        let alike = |byte: &&u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == is_digit;
        let length = self.rest.iter().take_while(alike).count();
        let (segment, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(if is_digit { Segment::Number(segment) } else { Segment::Word(segment) })
    }
}

/// RubyGems' pattern: a number, parts of letters and digits behind dots, then at most one hyphen
/// behind which parts may hold hyphens too.
fn is_correct(text: &[u8]) -> bool {
    let (release, labels) = match text.iter().position(|byte| *byte == b'-') {
        Some(hyphen) => {
            (text.get(..hyphen).unwrap_or_default(), text.get(hyphen.saturating_add(1)..))
        }
        None => (text, None),
    };
    let mut parts = release.split(|byte| *byte == b'.');
    let first = parts.next().unwrap_or_default();
    let is_part = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric);
    let is_label = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    !first.is_empty()
        && first.iter().all(u8::is_ascii_digit)
        && parts.all(is_part)
        && labels.is_none_or(|labels| labels.split(|byte| *byte == b'.').all(is_label))
}
