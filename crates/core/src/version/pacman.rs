//! The order of Arch Linux, as `vercmp` of pacman compares (`alpm_pkg_vercmp`).
//!
//! A version is `[epoch:]version[-release]`; a missing epoch is 0. Versions and releases are
//! compared in runs of letters and of digits as rpm once did, before it knew of tildes and carets:
//! digits come after letters and count as numbers, a longer run of separators comes after a
//! shorter one, and a version that goes on with a letter comes before the one that ends there
//! (`1.0rc` before `1.0`), with anything else behind it.
//!
//! A version without a release equals that version with any release, which makes the order not
//! transitive. pacman compares any text; no package has an epoch that is no number, an empty or
//! blank-ridden version, or one without any letter or digit, so such texts are refused here.

use super::evr::Evr;
use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Evr::parse(a)?, Evr::parse(b)?);
    let order = number::compare(a.epoch, b.epoch);
    Some(order.then_with(|| compare_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => compare_part(a, b),
            _ => Ordering::Equal,
        }
    }))
}

pub(super) fn is_valid(text: &str) -> bool {
    Evr::parse(text).is_some()
}

/// Compares versions or releases.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() && !b.is_empty() {
        let (separators_a, separators_b);
        (separators_a, a) = split_while(a, |byte| !byte.is_ascii_alphanumeric());
        (separators_b, b) = split_while(b, |byte| !byte.is_ascii_alphanumeric());
        let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else { break };
        let order = separators_a.len().cmp(&separators_b.len());
        if order.is_ne() {
            return order;
        }
        let is_number = first_a.is_ascii_digit();
        let order = is_number.cmp(&first_b.is_ascii_digit());
        if order.is_ne() {
            return order;
        }
        let belongs =
            |byte: &u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == is_number;
        let (run_a, run_b);
        (run_a, a) = split_while(a, belongs);
        (run_b, b) = split_while(b, belongs);
        let order = if is_number { number::compare(run_a, run_b) } else { run_a.cmp(run_b) };
        if order.is_ne() {
            return order;
        }
    }
    rest_rank(a).cmp(&rest_rank(b))
}

/// What is left of a version when the other one has ended.
fn rest_rank(rest: &[u8]) -> u8 {
    match rest.first() {
        Some(byte) if byte.is_ascii_alphabetic() => 0,
        None => 1,
        Some(_) => 2,
    }
}

fn split_while(text: &[u8], belongs: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| belongs(byte)).count();
    text.split_at_checked(length).unwrap_or((text, &[]))
}
