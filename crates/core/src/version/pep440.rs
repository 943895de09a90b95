//! Python's order: the Python version specifiers (PEP 440), as the `packaging` library does it.
//!
//! A version is `[epoch!]release[pre][post][dev][+local]`. All spellings `packaging` normalizes
//! are read: a leading `v`, any case, surrounding white space, `.`, `-` or `_` around the words,
//! `alpha`, `beta`, `c`, `pre`, `preview`, `rev`, `r`, left-out numbers and `1.0-1` for
//! `1.0.post1`. Trailing zeros of the release do not count: `1.0` equals `1`.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        number::compare(a.epoch, b.epoch)
            .then_with(|| compare_release(a.release, b.release))
            .then_with(|| a.pre.compare(&b.pre))
            .then_with(|| compare_optional(a.post, b.post, Ordering::Less))
            .then_with(|| compare_optional(a.dev, b.dev, Ordering::Greater))
            .then_with(|| compare_local(a.local, b.local)),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

/// The parts of a version. A number that was left out is an empty run of digits.
struct Version<'a> {
    epoch: &'a [u8],
    /// Numbers with dots between them, as written.
    release: &'a [u8],
    pre: Pre<'a>,
    post: Option<&'a [u8]>,
    dev: Option<&'a [u8]>,
    local: Option<&'a [u8]>,
}

/// The place of a version around its release.
struct Pre<'a> {
    phase: Phase,
    number: &'a [u8],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Only `dev`: before every pre-release.
    Development,
    Alpha,
    Beta,
    Candidate,
    /// The release itself and what follows it.
    Release,
}

impl Pre<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        self.phase.cmp(&other.phase).then_with(|| number::compare(self.number, other.number))
    }
}

/// Longer words before those they begin with.
const PRE_WORDS: [(&[u8], Phase); 8] = [
    (b"alpha", Phase::Alpha),
    (b"a", Phase::Alpha),
    (b"beta", Phase::Beta),
    (b"b", Phase::Beta),
    (b"preview", Phase::Candidate),
    (b"pre", Phase::Candidate),
    (b"c", Phase::Candidate),
    (b"rc", Phase::Candidate),
];
const POST_WORDS: [(&[u8], ()); 3] = [(b"post", ()), (b"rev", ()), (b"r", ())];
const DEV_WORDS: [(&[u8], ()); 1] = [(b"dev", ())];

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.trim().as_bytes();
        if let [b'v' | b'V', after @ ..] = rest {
            rest = after;
        }
        let (epoch, rest) = match number::split_digits(rest) {
            ([], _) => return None,
            (epoch, [b'!', after @ ..]) => (epoch, after),
            _ => (&[][..], rest),
        };
        let (release, rest) = split_release(rest)?;

        let (pre, rest) = split_word(rest, &PRE_WORDS);
        let (post, rest) = split_post(rest);
        let (dev, rest) = split_word(rest, &DEV_WORDS);
        let dev = dev.map(|((), number)| number);
        let pre = match pre {
            Some((phase, number)) => Pre { phase, number },
            None if post.is_none() && dev.is_some() => {
                Pre { phase: Phase::Development, number: &[] }
            }
            None => Pre { phase: Phase::Release, number: &[] },
        };

        let local = match rest {
            [] => None,
            [b'+', local @ ..] if is_local(local) => Some(local),
            _ => return None,
        };
        Some(Self { epoch, release, pre, post, dev, local })
    }
}

/// Splits off numbers with dots between them; a last dot that no number follows stays.
fn split_release(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = number::split_digits(text);
    if first.is_empty() {
        return None;
    }
    while let [b'.', after @ ..] = rest {
        let (digits, after) = number::split_digits(after);
        if digits.is_empty() {
            break;
        }
        rest = after;
    }
    text.split_at_checked(text.len().saturating_sub(rest.len()))
}

/// Splits off `[separator] word [separator] [digits]`, for the first word of a table that fits.
fn split_word<'a, T: Copy>(
    text: &'a [u8],
    words: &[(&[u8], T)],
) -> (Option<(T, &'a [u8])>, &'a [u8]) {
    let start = skip_separator(text);
    // Most versions end here; a word begins with a letter.
    if !start.first().is_some_and(u8::is_ascii_alphabetic) {
        return (None, text);
    }
    for &(word, meaning) in words {
        if let Some((head, tail)) = start.split_at_checked(word.len())
            && head.eq_ignore_ascii_case(word)
        {
            let (digits, rest) = number::split_digits(skip_separator(tail));
            return (Some((meaning, digits)), rest);
        }
    }
    (None, text)
}

/// Splits off a post-release: a word, or a hyphen and digits.
fn split_post(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    if let [b'-', after @ ..] = text
        && let (digits @ [_, ..], rest) = number::split_digits(after)
    {
        return (Some(digits), rest);
    }
    let (post, rest) = split_word(text, &POST_WORDS);
    (post.map(|((), number)| number), rest)
}

fn skip_separator(text: &[u8]) -> &[u8] {
    match text {
        [b'.' | b'-' | b'_', rest @ ..] => rest,
        _ => text,
    }
}

/// The parts of a local version.
fn local_parts(local: &[u8]) -> impl Iterator<Item = &[u8]> {
    local.split(|byte| matches!(byte, b'.' | b'-' | b'_'))
}

fn is_local(local: &[u8]) -> bool {
    local_parts(local).all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphanumeric))
}

fn compare_release(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a.split(|byte| *byte == b'.'), b.split(|byte| *byte == b'.'));
    loop {
        let (part_a, part_b) = (a.next(), b.next());
        if part_a.is_none() && part_b.is_none() {
            return Ordering::Equal;
        }
        // A missing number counts as zero, which is what cutting trailing zeros comes to.
        let order = number::compare(part_a.unwrap_or_default(), part_b.unwrap_or_default());
        if order.is_ne() {
            return order;
        }
    }
}

/// Compares numbers of which one may be absent; `absent` is where that one stands.
fn compare_optional(a: Option<&[u8]>, b: Option<&[u8]>, absent: Ordering) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => absent,
        (Some(_), None) => absent.reverse(),
        (Some(a), Some(b)) => number::compare(a, b),
    }
}

/// Compares local versions: none first, then part by part, words before numbers.
fn compare_local(a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else {
        return a.is_some().cmp(&b.is_some());
    };
    let (mut a, mut b) = (local_parts(a), local_parts(b));
    loop {
        let (part_a, part_b) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(part_a), Some(part_b)) => (part_a, part_b),
        };
        let is_number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let order = match (is_number(part_a), is_number(part_b)) {
            (true, true) => number::compare(part_a, part_b),
            (false, false) => compare_words(part_a, part_b),
            (a_is_number, b_is_number) => a_is_number.cmp(&b_is_number),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_words(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}
