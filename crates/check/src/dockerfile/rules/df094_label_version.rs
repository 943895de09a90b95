//! A label is no semantic version
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind; in the examples, at `com.example.version`.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.version="1.0"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.version="1.0.0-rc.1"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF094",
    aliases: &["DL3056"],
    severity: Severity::Low,
    file: include_str!("df094_label_version.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Semver, "semantic version", hits);
}
