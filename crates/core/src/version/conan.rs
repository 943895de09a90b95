//! The order of Conan packages, as `Version` of Conan 2 compares
//! (<https://docs.conan.io/2/tutorial/versioning/versions.html>).
//!
//! A version is `items[-items][+items]`: the release, a pre-release behind the first hyphen, and
//! a build behind the last plus sign, each of items with dots between them. Items that Python reads
//! as integers are compared as such; any other comparison is one of texts, so that `9` comes after
//! `10a`. Zeros at the end do not count. A pre-release comes before its release, a build after it.
//!
//! Because integers are compared by value among themselves and by text with words, the order is
//! not transitive: `10` < `1a` < `9` < `10`. It is kept, as Conan resolves by it. Conan compares any
//! text; one that could not be the version of a recipe is refused here, but for upper-case letters
//! and single characters.

use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    Some(
        compare_items(a.release, b.release)
            .then_with(|| match (a.prerelease, b.prerelease) {
                (Some(a), Some(b)) => compare_items(a, b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            })
            .then_with(|| match (a.build, b.build) {
                (Some(a), Some(b)) => compare_items(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            }),
    )
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

/// Each part is items with dots between them.
struct Version<'a> {
    release: &'a str,
    prerelease: Option<&'a str>,
    build: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_fine = text.bytes().next().is_some_and(is_word)
            && text.bytes().all(|byte| is_word(byte) || b"+.-".contains(&byte));
        if !is_fine {
            return None;
        }
        let (rest, build) = match text.rsplit_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (text, None),
        };
        let (release, prerelease) = match rest.split_once('-') {
            Some((release, prerelease)) => (release, Some(prerelease)),
            None => (rest, None),
        };
        Some(Self { release, prerelease, build })
    }
}

/// An item Python's `int` takes is a number: digits, single underscores among them, and a sign.
#[derive(Clone, Copy)]
enum Item<'a> {
    Word(&'a [u8]),
    Number { is_negative: bool, digits: &'a [u8] },
}

impl<'a> Item<'a> {
    fn read(text: &'a [u8]) -> Self {
        let (is_negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            _ => (false, text),
        };
        let mut groups = digits.split(|byte| *byte == b'_');
        if groups.all(|group| !group.is_empty() && group.iter().all(u8::is_ascii_digit)) {
            let is_zero = significant(digits).next().is_none();
            Self::Number { is_negative: is_negative && !is_zero, digits }
        } else {
            Self::Word(text)
        }
    }

    fn is_zero(self) -> bool {
        matches!(self, Self::Number { digits, .. } if significant(digits).next().is_none())
    }

    /// The item as Python prints it.
    fn printed(self) -> impl Iterator<Item = u8> {
        let (word, sign, zero, digits) = match self {
            Self::Word(word) => (word, None, None, &[][..]),
            Self::Number { is_negative, digits } => {
                let zero = self.is_zero().then_some(b'0');
                (&[][..], is_negative.then_some(b'-'), zero, digits)
            }
        };
        word.iter().copied().chain(sign).chain(zero).chain(significant(digits))
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (
                Self::Number { is_negative, digits },
                Self::Number { is_negative: other_is_negative, digits: other_digits },
            ) => match (is_negative, other_is_negative) {
                (false, false) => compare_digits(digits, other_digits),
                (true, true) => compare_digits(other_digits, digits),
                _ => other_is_negative.cmp(&is_negative),
            },
            (a, b) => a.printed().cmp(b.printed()),
        }
    }
}

/// The digits of a number from the first that is not zero.
fn significant(digits: &[u8]) -> impl Iterator<Item = u8> {
    digits.iter().copied().filter(|byte| *byte != b'_').skip_while(|byte| *byte == b'0')
}

fn compare_digits(a: &[u8], b: &[u8]) -> Ordering {
    significant(a)
        .count()
        .cmp(&significant(b).count())
        .then_with(|| significant(a).cmp(significant(b)))
}

fn items(part: &str) -> impl Iterator<Item = Item<'_>> {
    part.as_bytes().split(|byte| *byte == b'.').map(Item::read)
}

/// Compares item by item, without the zeros at the end; the beginning of a list comes before it.
fn compare_items(a: &str, b: &str) -> Ordering {
    let count = |part| {
        let last = items(part).enumerate().filter(|(_, item)| !item.is_zero()).last();
        last.map_or(0, |(position, _)| position.saturating_add(1))
    };
    let (mut a, mut b) = (items(a).take(count(a)), items(b).take(count(b)));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => a.compare(b),
        };
        if order.is_ne() {
            return order;
        }
    }
}
