//! There is a label that is not in the schema
//!
//! This rule says something only where the settings are strict about labels. What else an image is
//! labelled with, somebody may rely on.
//!
//! # Fix
//!
//! Remove the label, or add it to the schema.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL other="x"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL maintainer="a"
//! ```

use crate::dockerfile::{Input, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF088",
    aliases: &["DL3050"],
    severity: Severity::Low,
    file: include_str!("df088_label_superfluous.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, pair) in label::labels(input) {
        let is_known = input.settings.label_schema.contains_key(&pair.name);
        if input.settings.strict_labels && !is_known {
            hits.at(instruction.lines, format!("`{}` is not in the schema", pair.name));
        }
    }
}
