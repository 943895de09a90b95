//! A label is no address
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind; in the examples, at `com.example.contact`.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.contact="nobody"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.contact="me@example.com"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF095",
    aliases: &["DL3058"],
    severity: Severity::Low,
    file: include_str!("df095_label_email.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Email, "mail address", hits);
}
