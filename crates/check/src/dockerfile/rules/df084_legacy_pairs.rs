//! A variable or label is set without `=`
//!
//! `ENV NAME value` takes all that follows for the value, and sets one variable only. The form is
//! deprecated.
//!
//! # Fix
//!
//! Write `NAME=value`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENV NAME value
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENV NAME=value
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF084",
    aliases: &["LegacyKeyValueFormat"],
    severity: Severity::Low,
    file: include_str!("df084_legacy_pairs.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else { continue };
        if pairs.is_legacy {
            let name = pairs.pairs.first().map_or("", |pair| pair.name.as_str());
            hits.at(instruction.lines, format!("`{name}` is set without `=`"));
        }
    }
}
