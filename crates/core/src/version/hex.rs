//! The order of Hex packages: Elixir's `Version`, which is Semantic Versioning 2.0.0 to the letter
//! (<https://hexdocs.pm/elixir/Version.html>).

use super::strict::Version;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    Some(Version::parse(a)?.compare(&Version::parse(b)?))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}
