//! The order of R packages, as `compareVersion` of R's utils compares what `numeric_version` reads.
//!
//! A version is numbers with a dot or a hyphen between them, which mean the same: `1.2-3` equals
//! `1.2.3`. Numbers are compared one by one; where one version is the beginning of the other, it
//! comes first, so `1.0` is before `1.0.0` (the operators of `numeric_version` itself take the two
//! for equal). R refuses numbers beyond 31 bits; here they may have any size.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    (is_valid(a) && is_valid(b)).then(|| number::compare_lists(parts(a), parts(b)))
}

pub(super) fn is_valid(text: &str) -> bool {
    parts(text).all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

fn parts(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().split(|byte| matches!(byte, b'.' | b'-'))
}
