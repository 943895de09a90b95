//! The order of opam packages, as opam's `OpamVersionCompare` compares
//! (<https://opam.ocaml.org/doc/Manual.html#version-ordering>).
//!
//! That is Debian's order without the epoch: upstream parts, then what stands behind the last hyphen,
//! each in turns of non-digits and digits. A missing revision equals the revision `0`.

use super::deb;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    if !is_valid(a) || !is_valid(b) {
        return None;
    }
    let [(upstream_a, revision_a), (upstream_b, revision_b)] =
        [a, b].map(|text| text.rsplit_once('-').unwrap_or((text, "")));
    let order = deb::compare_part(upstream_a.as_bytes(), upstream_b.as_bytes());
    Some(order.then_with(|| deb::compare_part(revision_a.as_bytes(), revision_b.as_bytes())))
}

pub(super) fn is_valid(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+.~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_fine)
}
