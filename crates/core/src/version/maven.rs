//! Maven's order: `ComparableVersion` of maven-artifact 3.9
//! (<https://maven.apache.org/pom.html#version-order-specification>).
//!
//! Dots, hyphens and every meeting of digits and other characters separate the parts. A hyphen or
//! such a meeting opens a list inside the list, which is always its last part, so a version is one
//! run of numbers, words and openings. Zeros and release words (`ga`, `final`, `release`) at the
//! end of a list do not count, nor do empty lists. Known words come in the order `alpha`, `beta`,
//! `milestone`, `rc` or `cr`, `snapshot`, the release, `sp`; then all others by their letters;
//! `a`, `b` and `m` right before a digit are short for the first three. Case does not count.
//!
//! Maven's own order is not transitive for odd texts: `1-0-alpha` < `1` < `1-sp` < `1-0-alpha`,
//! because a word comes before a list whatever they hold. It is kept, as builds resolve by it.
//! Maven compares any text; one without a letter or digit or with anything but visible ASCII
//! characters is refused here.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    if !is_valid(a) || !is_valid(b) {
        return None;
    }
    let (mut a, mut b) = (Items::new(a), Items::new(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Some(Ordering::Equal),
            (Some(item), None) => item.compare_with_nothing(),
            (None, Some(item)) => item.compare_with_nothing().reverse(),
            (Some(a), Some(b)) => a.compare(b),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

pub(super) fn is_valid(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

#[derive(Clone, Copy)]
enum Item<'a> {
    Word(Qualifier, &'a [u8]),
    /// The rest is a list of its own.
    Open,
    Number(&'a [u8]),
}

/// A word's place, in Maven's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier {
    Alpha,
    Beta,
    Milestone,
    Candidate,
    Snapshot,
    Release,
    ServicePack,
    Other,
}

const QUALIFIERS: [(&[u8], Qualifier); 10] = [
    (b"alpha", Qualifier::Alpha),
    (b"beta", Qualifier::Beta),
    (b"milestone", Qualifier::Milestone),
    (b"rc", Qualifier::Candidate),
    (b"cr", Qualifier::Candidate),
    (b"snapshot", Qualifier::Snapshot),
    (b"ga", Qualifier::Release),
    (b"final", Qualifier::Release),
    (b"release", Qualifier::Release),
    (b"sp", Qualifier::ServicePack),
];

impl Item<'_> {
    /// Whether it is left out at the end of a list.
    fn is_null(self) -> bool {
        match self {
            Self::Word(qualifier, _) => qualifier == Qualifier::Release,
            Self::Number(digits) => number::compare(digits, &[]).is_eq(),
            Self::Open => true,
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => number::compare(a, b),
            (Self::Word(Qualifier::Other, a), Self::Word(Qualifier::Other, b)) => {
                a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
            }
            (Self::Word(a, _), Self::Word(b, _)) => a.cmp(&b),
            (a, b) => a.kind().cmp(&b.kind()),
        }
    }

    fn compare_with_nothing(self) -> Ordering {
        match self {
            Self::Word(qualifier, _) => qualifier.cmp(&Qualifier::Release),
            Self::Number(digits) => number::compare(digits, &[]),
            // What is in the list decides.
            Self::Open => Ordering::Equal,
        }
    }

    /// Words come before lists, lists before numbers.
    const fn kind(self) -> u8 {
        match self {
            Self::Word(..) => 0,
            Self::Open => 1,
            Self::Number(_) => 2,
        }
    }
}

/// The items as Maven writes them down, before anything is left out.
#[derive(Clone)]
struct Raw<'a> {
    rest: &'a [u8],
    /// Read already, behind the opening that was answered in its place.
    ready: Option<Item<'a>>,
    open_behind: bool,
    list_is_empty: bool,
}

impl<'a> Raw<'a> {
    const fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes(), ready: None, open_behind: false, list_is_empty: true }
    }

    /// Takes the next part and the separator behind it.
    fn part(&mut self) -> Option<Item<'a>> {
        let is_digit = self.rest.first()?.is_ascii_digit();
        let belongs =
            |byte: &&u8| !matches!(byte, b'.' | b'-') && byte.is_ascii_digit() == is_digit;
        let length = self.rest.iter().take_while(belongs).count();
        let (part, rest) = self.rest.split_at_checked(length)?;
        self.rest = match rest {
            [b'.' | b'-', behind @ ..] => behind,
            _ => rest,
        };
        let is_before_digit = rest.first().is_some_and(u8::is_ascii_digit);
        self.open_behind = !matches!(rest.first(), None | Some(b'.'));
        if part.is_empty() || is_digit {
            return Some(Item::Number(part));
        }
        let item = Item::Word(qualifier(part, is_before_digit), part);
        if (is_before_digit || rest.is_empty()) && !self.list_is_empty {
            self.ready = Some(item);
            return Some(Item::Open);
        }
        Some(item)
    }
}

impl<'a> Iterator for Raw<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let item = if let Some(item) = self.ready.take() {
            item
        } else if self.open_behind {
            self.open_behind = false;
            Item::Open
        } else {
            self.part()?
        };
        self.list_is_empty = matches!(item, Item::Open);
        Some(item)
    }
}

fn qualifier(word: &[u8], is_before_digit: bool) -> Qualifier {
    match word {
        [b'a' | b'A'] if is_before_digit => Qualifier::Alpha,
        [b'b' | b'B'] if is_before_digit => Qualifier::Beta,
        [b'm' | b'M'] if is_before_digit => Qualifier::Milestone,
        _ => QUALIFIERS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Qualifier::Other, |(_, qualifier)| *qualifier),
    }
}

/// The items that count.
struct Items<'a> {
    raw: Raw<'a>,
    /// Raw items up to the last one that counts.
    left: usize,
    /// Items of the current list up to one that counts, as far as is known.
    solid: usize,
}

impl<'a> Items<'a> {
    fn new(text: &'a str) -> Self {
        let raw = Raw::new(text);
        let last = raw.clone().enumerate().filter(|(_, item)| !item.is_null()).last();
        Self { raw, left: last.map_or(0, |(position, _)| position.saturating_add(1)), solid: 0 }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        while self.left > 0 {
            self.left = self.left.saturating_sub(1);
            let item = self.raw.next()?;
            if matches!(item, Item::Open) {
                self.solid = 0;
                return Some(item);
            }
            if self.solid > 0 || !item.is_null() {
                self.solid = self.solid.saturating_sub(1);
                return Some(item);
            }
            // Looked at once only: what is found to count is remembered, what does not is skipped.
            let is_in_list = |item: &Item<'_>| !matches!(item, Item::Open);
            let mut list = self.raw.clone().take_while(is_in_list);
            if let Some(at) = list.position(|item| !item.is_null()) {
                self.solid = at.saturating_add(1);
                return Some(item);
            }
            while self.left > 0 && self.raw.clone().next().is_some_and(|item| is_in_list(&item)) {
                self.left = self.left.saturating_sub(1);
                self.raw.next()?;
            }
        }
        None
    }
}
