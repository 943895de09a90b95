//! A label that matters is empty
//!
//! A label of the schema, or one that the OCI image specification defines, says nothing.
//!
//! # Fix
//!
//! Give it a value, or remove it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.source=""
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.source="https://example.com/"
//! ```

use crate::dockerfile::{Input, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF089",
    aliases: &["DL3051"],
    severity: Severity::Low,
    file: include_str!("df089_label_empty.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, pair) in label::labels(input) {
        let matters = label::format_of(&input.settings, &pair.name).is_some();
        if matters && pair.value.is_empty() {
            hits.at(instruction.lines, format!("the label `{}` is empty", pair.name));
        }
    }
}
