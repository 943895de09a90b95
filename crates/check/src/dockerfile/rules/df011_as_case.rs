//! `FROM` and `AS` are in different cases
//!
//! Keywords may be written in any case, but one file reads best in one.
//!
//! # Fix
//!
//! Write `AS` as `FROM` is written.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 as build
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF011",
    aliases: &["FromAsCasing"],
    severity: Severity::Low,
    file: include_str!("df011_as_case.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        let Kind::From { joint: Some(joint), .. } = &instruction.kind else { continue };
        let is_upper = |word: &str| word.chars().all(char::is_uppercase);
        let is_lower = |word: &str| word.chars().all(char::is_lowercase);
        let keyword = &instruction.keyword;
        if is_upper(keyword) && !is_upper(joint) || is_lower(keyword) && !is_lower(joint) {
            hits.at(instruction.lines, format!("`{joint}` beside `{keyword}`"));
        }
    }
}
