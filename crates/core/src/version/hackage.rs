//! The order of Haskell packages: the Haskell Package Versioning Policy, as `Version` of the Cabal
//! library reads and compares it.
//!
//! A version is numbers with dots between them and without leading zeros. Numbers are compared one
//! by one; where one version is the beginning of the other, it comes first, so `1.0` is before
//! `1.0.0`. Tags at the end (`1.0-tag`), which Haskell once had, do not count. Cabal refuses numbers
//! beyond nine digits; here they may have any size.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(number::compare_lists(numbers(parse(a)?), numbers(parse(b)?)))
}

pub(super) fn is_valid(text: &str) -> bool {
    parse(text).is_some()
}

/// The numbers with dots between them, of a text that is a version.
fn parse(text: &str) -> Option<&[u8]> {
    let mut parts = text.as_bytes().split(|byte| *byte == b'-');
    let version = parts.next()?;
    let is_number = |number: &[u8]| match number {
        [] | [b'0', _, ..] => false,
        _ => number.iter().all(u8::is_ascii_digit),
    };
    let is_tag = |tag: &[u8]| !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric);
    (numbers(version).all(is_number) && parts.all(is_tag)).then_some(version)
}

fn numbers(version: &[u8]) -> impl Iterator<Item = &[u8]> {
    version.split(|byte| *byte == b'.')
}
