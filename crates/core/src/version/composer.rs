//! Composer's order: `VersionParser::normalize` of composer/semver, then PHP's `version_compare`.
//!
//! A version is one to four numbers, or a date of more parts, then a stability (`alpha`, `beta`,
//! `RC`, `patch` and their short forms, with or without a number) and `-dev`. Missing numbers are
//! zero; a leading `v`, a `@stability` flag and `+metadata` do not count. `1.2.x-dev` is the
//! branch that is ahead of every `1.2` release. In the order, `dev`, `alpha`, `beta` and `RC` come
//! before the end, which comes before numbers, which come before `patch`.
//!
//! A named branch (`dev-master`, `master`) has no place among versions: Composer only ever finds it
//! equal to itself, and here it is no version. Unlike Composer, numbers are not cut to 64 bits and
//! `stable` counts for nothing in any case.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    let (mut a, mut b) = (a.elements(), b.elements());
    loop {
        let (element_a, element_b) = (a.next(), b.next());
        let order = match (element_a, element_b) {
            (None, None) => return Some(Ordering::Equal),
            (Some(Element::Number(a)), Some(Element::Number(b))) => number::compare(a, b),
            (a, b) => Rank::of(a).cmp(&Rank::of(b)),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

/// What Composer puts for an `x`.
const ANY_NUMBER: &[u8] = b"9999999";

struct Version<'a> {
    release: Release<'a>,
    stability: Option<Rank>,
    /// What follows the stability: numbers with dots or hyphens between them.
    counter: &'a [u8],
    is_dev: bool,
}

enum Release<'a> {
    /// A number that was left out is an empty run of digits.
    Numbers([&'a [u8]; 4]),
    /// Digits with single separators between them.
    Date(&'a [u8]),
}

#[derive(Clone, Copy)]
enum Element<'a> {
    Number(&'a [u8]),
    Stability(Rank),
}

/// What an element of a version is, in PHP's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Dev,
    Alpha,
    Beta,
    Candidate,
    End,
    Number,
    Patch,
}

impl Rank {
    const fn of(element: Option<Element<'_>>) -> Self {
        match element {
            None => Self::End,
            Some(Element::Number(_)) => Self::Number,
            Some(Element::Stability(rank)) => rank,
        }
    }
}

/// Longer words before those they begin with; `stable` is the release itself.
const STABILITIES: [(&[u8], Option<Rank>); 9] = [
    (b"stable", None),
    (b"beta", Some(Rank::Beta)),
    (b"b", Some(Rank::Beta)),
    (b"rc", Some(Rank::Candidate)),
    (b"alpha", Some(Rank::Alpha)),
    (b"a", Some(Rank::Alpha)),
    (b"patch", Some(Rank::Patch)),
    (b"pl", Some(Rank::Patch)),
    (b"p", Some(Rank::Patch)),
];

const FLAGS: [&[u8]; 5] = [b"stable", b"rc", b"beta", b"alpha", b"dev"];

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = without_flag(text.trim().as_bytes());
        let text = without_metadata(text);
        let number = match text {
            [b'v' | b'V', number @ ..] => number,
            _ => text,
        };
        Self::parse_numbers(number)
            .or_else(|| Self::parse_date(number))
            .or_else(|| Self::parse_branch(number))
    }

    fn parse_numbers(text: &'a [u8]) -> Option<Self> {
        let (first, mut rest) = number::split_digits(text);
        // Longer ones are dates or nothing.
        if !(1..=5).contains(&first.len()) {
            return None;
        }
        let mut numbers: [&[u8]; 4] = [first, &[], &[], &[]];
        for number in numbers.iter_mut().skip(1) {
            if let [b'.', behind @ ..] = rest
                && let (digits @ [_, ..], behind) = number::split_digits(behind)
            {
                (*number, rest) = (digits, behind);
            } else {
                break;
            }
        }
        Self::with_modifier(Release::Numbers(numbers), rest)
    }

    /// A year, up to six parts of two digits and a last one of up to three, with or without
    /// separators.
    fn parse_date(text: &'a [u8]) -> Option<Self> {
        let (year, mut rest) = text.split_at_checked(4)?;
        if !year.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut pairs = 0_u8;
        while pairs < 6
            && let Some((pair, behind)) = skip_separator(rest, b".:-").split_at_checked(2)
            && pair.iter().all(u8::is_ascii_digit)
        {
            rest = behind;
            pairs = pairs.saturating_add(1);
        }
        if pairs == 0 {
            return None;
        }
        let last = skip_separator(rest, b".:-");
        let digits = last.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 {
            rest = last.get(digits..)?;
        }
        let date = text.get(..text.len().saturating_sub(rest.len()))?;
        Self::with_modifier(Release::Date(date), rest)
    }

    /// A branch of numbers, such as `1.2.x-dev`.
    fn parse_branch(text: &'a [u8]) -> Option<Self> {
        let (name, ending) = text.split_at_checked(text.len().checked_sub(3)?)?;
        if !ending.eq_ignore_ascii_case(b"dev") {
            return None;
        }
        let name = match name {
            [name @ .., b'.' | b'-'] => name,
            _ => name,
        };
        let mut numbers = [ANY_NUMBER; 4];
        let mut places = numbers.iter_mut();
        for (position, part) in name.split(|byte| *byte == b'.').enumerate() {
            let place = places.next()?;
            match part {
                [b'x' | b'X' | b'*'] if position > 0 => {}
                [_, ..] if part.iter().all(u8::is_ascii_digit) => *place = part,
                _ => return None,
            }
        }
        let release = Release::Numbers(numbers);
        Some(Self { release, stability: None, counter: &[], is_dev: true })
    }

    /// Reads `[separator][stability[numbers]][[separator]dev]`, which may be nothing.
    fn with_modifier(release: Release<'a>, text: &'a [u8]) -> Option<Self> {
        let stripped = skip_separator(text, b"._-");
        for start in [stripped, text] {
            for (word, stability) in STABILITIES {
                let Some((head, behind)) = start.split_at_checked(word.len()) else { continue };
                if !head.eq_ignore_ascii_case(word) {
                    continue;
                }
                let (counter, rest) = split_counter(behind);
                let Some(is_dev) = dev_ending(rest) else { continue };
                return Some(match stability {
                    Some(_) => Self { release, stability, counter, is_dev },
                    // Nothing behind `stable` counts.
                    None => Self { release, stability, counter: &[], is_dev: false },
                });
            }
            if let Some(is_dev) = dev_ending(start) {
                return Some(Self { release, stability: None, counter: &[], is_dev });
            }
        }
        None
    }

    fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let (numbers, date) = match self.release {
            Release::Numbers(numbers) => (Some(numbers), &[][..]),
            Release::Date(date) => (None, date),
        };
        let dev = self.is_dev.then_some(Rank::Dev);
        numbers
            .into_iter()
            .flatten()
            .chain(digit_runs(date))
            .map(Element::Number)
            .chain(self.stability.map(Element::Stability))
            .chain(digit_runs(self.counter).map(Element::Number))
            .chain(dev.map(Element::Stability))
    }
}

fn digit_runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_digit()).filter(|run| !run.is_empty())
}

fn skip_separator<'a>(text: &'a [u8], separators: &[u8]) -> &'a [u8] {
    match text {
        [first, rest @ ..] if separators.contains(first) => rest,
        _ => text,
    }
}

/// Splits off numbers, each with at most one dot or hyphen before it.
fn split_counter(text: &[u8]) -> (&[u8], &[u8]) {
    let mut rest = text;
    while let ([_, ..], behind) = number::split_digits(skip_separator(rest, b".-")) {
        rest = behind;
    }
    text.split_at_checked(text.len().saturating_sub(rest.len())).unwrap_or((&[], text))
}

/// Whether a text is the `dev` at the end of a version; `None` where it is something else.
fn dev_ending(text: &[u8]) -> Option<bool> {
    if text.is_empty() {
        return Some(false);
    }
    let is_dev = skip_separator(text, b".-").eq_ignore_ascii_case(b"dev");
    is_dev.then_some(true)
}

fn without_flag(text: &[u8]) -> &[u8] {
    let Some(at) = text.iter().rposition(|byte| *byte == b'@') else { return text };
    match text.split_at_checked(at) {
        Some((version, [_, flag @ ..]))
            if FLAGS.iter().any(|name| name.eq_ignore_ascii_case(flag)) =>
        {
            version
        }
        _ => text,
    }
}

fn without_metadata(text: &[u8]) -> &[u8] {
    let plus = text.iter().position(|byte| *byte == b'+').unwrap_or(text.len());
    match text.split_at_checked(plus) {
        Some((version, [_, metadata @ ..]))
            if !metadata.is_empty() && !metadata.iter().any(u8::is_ascii_whitespace) =>
        {
            version
        }
        _ => text,
    }
}
