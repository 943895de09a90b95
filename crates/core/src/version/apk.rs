//! Alpine's order, as `apk version --test` of apk-tools 3 does it.
//!
//! A version is `digits{.digits}[letter]{_suffix[digits]}[~hash][-rdigits]`. Both texts are read
//! token by token; the first difference decides. Where one has a token of another kind than the
//! other, a pre-release suffix comes first, then the end, and then the kinds from the last of that
//! grammar to the first. A number behind a dot is compared as text when either side of it begins
//! with a zero, so `1.09` comes after `1.010`; other numbers are compared by value.
//!
//! Two things differ from apk-tools 3. It cuts numbers to 64 bits, this order does not. And it
//! refuses digits behind the letter (`3.3.3p1-r3`), which apk-tools 2 reads as one more number;
//! Alpine has released such packages, and the fix of one must not be lost, so they are compared
//! as apk-tools 2 does. Otherwise apk-tools 2 differs in that it has no `~hash`, counts the
//! leading zeros of a number instead of comparing text, and lets numbers be empty (`1.-r`).

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (mut a, mut b) = (Scanner::new(a)?, Scanner::new(b)?);
    let order = loop {
        let order = a.compare_token(&b);
        if order.is_ne() {
            break order;
        }
        if a.kind == Kind::End {
            return Some(Ordering::Equal);
        }
        a.advance()?;
        b.advance()?;
    };
    a.run_to_end()?;
    b.run_to_end()?;
    Some(order)
}

pub(super) fn is_valid(text: &str) -> bool {
    Scanner::new(text).is_some_and(|mut scanner| scanner.run_to_end().is_some())
}

/// What a token is, in the order tokens may follow each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The first number.
    First,
    /// A number behind a dot.
    Part,
    Letter,
    /// A number behind the letter: apk-tools 2 only.
    Patch,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
    End,
}

/// A word behind `_`, in its order; those up to `Rc` come before the release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix {
    Alpha,
    Beta,
    Pre,
    Rc,
    Cvs,
    Svn,
    Git,
    Hg,
    P,
}

impl Suffix {
    fn parse(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"alpha" => Self::Alpha,
            b"beta" => Self::Beta,
            b"pre" => Self::Pre,
            b"rc" => Self::Rc,
            b"cvs" => Self::Cvs,
            b"svn" => Self::Svn,
            b"git" => Self::Git,
            b"hg" => Self::Hg,
            b"p" => Self::P,
            _ => return None,
        })
    }
}

/// A text and the token that was read from it last.
struct Scanner<'a> {
    rest: &'a [u8],
    kind: Kind,
    value: &'a [u8],
    /// The word of a [`Kind::Suffix`]; meaningless for other kinds.
    suffix: Suffix,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Option<Self> {
        let mut scanner =
            Self { rest: text.as_bytes(), kind: Kind::First, value: &[], suffix: Suffix::P };
        scanner.take_number(Kind::First)?;
        Some(scanner)
    }

    /// Reads the next token; `None` where the text is no version.
    fn advance(&mut self) -> Option<()> {
        let Some((&byte, rest)) = self.rest.split_first() else {
            self.kind = Kind::End;
            return Some(());
        };
        match (byte, self.kind) {
            (b'.', Kind::First | Kind::Part | Kind::Patch) => {
                self.rest = rest;
                self.take_number(Kind::Part)
            }
            (b'a'..=b'z', Kind::First | Kind::Part | Kind::Patch) => self.take(Kind::Letter, 1),
            (b'0'..=b'9', Kind::Letter) => self.take_number(Kind::Patch),
            (b'0'..=b'9', Kind::Suffix) => self.take_number(Kind::SuffixNumber),
            (b'_', kind) if kind <= Kind::SuffixNumber => {
                self.rest = rest;
                let length = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                self.take(Kind::Suffix, length)?;
                self.suffix = Suffix::parse(self.value)?;
                Some(())
            }
            (b'~', kind) if kind < Kind::Hash => {
                self.rest = rest;
                let is_hash = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                self.take(Kind::Hash, rest.iter().take_while(is_hash).count())
            }
            (b'-', kind) if kind < Kind::Revision => {
                self.rest = rest.strip_prefix(b"r")?;
                self.take_number(Kind::Revision)
            }
            _ => None,
        }
    }

    fn take_number(&mut self, kind: Kind) -> Option<()> {
        let (digits, _) = number::split_digits(self.rest);
        self.take(kind, digits.len())
    }

    /// Makes the next `length` bytes the current token; none is an empty one, which is an error.
    fn take(&mut self, kind: Kind, length: usize) -> Option<()> {
        (self.value, self.rest) = self.rest.split_at_checked(length)?;
        self.kind = kind;
        (length > 0).then_some(())
    }

    fn run_to_end(&mut self) -> Option<()> {
        while self.kind != Kind::End {
            self.advance()?;
        }
        Some(())
    }

    fn compare_token(&self, other: &Self) -> Ordering {
        if self.kind != other.kind {
            return match (self.is_before_release(), other.is_before_release()) {
                (true, _) => Ordering::Less,
                (_, true) => Ordering::Greater,
                _ => other.kind.cmp(&self.kind),
            };
        }
        match self.kind {
            Kind::End => Ordering::Equal,
            Kind::Suffix => self.suffix.cmp(&other.suffix),
            Kind::Letter | Kind::Hash => self.value.cmp(other.value),
            Kind::Part if self.has_leading_zero() || other.has_leading_zero() => {
                self.value.cmp(other.value)
            }
            Kind::First | Kind::Part | Kind::Patch | Kind::SuffixNumber | Kind::Revision => {
                number::compare(self.value, other.value)
            }
        }
    }

    fn is_before_release(&self) -> bool {
        self.kind == Kind::Suffix && self.suffix <= Suffix::Rc
    }

    fn has_leading_zero(&self) -> bool {
        self.value.first() == Some(&b'0')
    }
}
