//! A comment ignores a rule
//!
//! This rule says something only where the settings refuse such comments, for those who want
//! ignores in one place.
//!
//! # Fix
//!
//! Ignore the rule in the settings.
//!
//! # Bad
//!
//! ```dockerfile
//! # hadolint ignore=DL3006
//! FROM debian
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian
//! # not to ignore
//! ```

use crate::dockerfile::{Input, ignore};
use crate::rule::{Hits, Rule};
use lazaret_core::location::LineRange;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF112",
    aliases: &["DL1001"],
    severity: Severity::Low,
    file: include_str!("df112_inline_ignore.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    if !input.settings.refuses_ignores {
        return;
    }
    for comment in input.file.comments.iter().filter(|comment| ignore::is_ignore(comment)) {
        let lines = LineRange { start: comment.line, end: comment.line };
        hits.at(lines, format!("`# {}` is not obeyed", comment.text));
    }
}
