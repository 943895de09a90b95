//! The order of Haskell packages: the Haskell Package Versioning Policy, as `Version` of the Cabal
//! library reads and compares it.
//!
//! A version is numbers with dots between them and without leading zeros. Numbers are compared one
//! by one; where one version is the beginning of the other, it comes first, so `1.0` is before
//! `1.0.0`. Cabal refuses numbers beyond nine digits; here they may have any size.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    (is_valid(a) && is_valid(b)).then(|| number::compare_lists(parts(a), parts(b)))
}

pub(super) fn is_valid(text: &str) -> bool {
    parts(text).all(|part| match part {
        [b'0', _, ..] => false,
        _ => !part.is_empty() && part.iter().all(u8::is_ascii_digit),
    })
}

fn parts(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().split(|byte| *byte == b'.')
}
