//! A label is no Git commit
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind; in the examples, at `com.example.revision`.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.revision="HEAD"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.revision="d8a2efa"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF093",
    aliases: &["DL3055"],
    severity: Severity::Low,
    file: include_str!("df093_label_hash.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Hash, "Git commit", hits);
}
