//! The order of opam packages, as opam's `OpamVersionCompare` compares
//! (<https://opam.ocaml.org/doc/Manual.html#version-ordering>).
//!
//! That is Debian's order of upstream parts over the whole text: a colon is refused and a hyphen
//! begins no revision, so `1.0-0` comes after `1.0`.

use super::deb;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    (is_valid(a) && is_valid(b)).then(|| deb::compare_part(a.as_bytes(), b.as_bytes()))
}

pub(super) fn is_valid(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+.~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_fine)
}
