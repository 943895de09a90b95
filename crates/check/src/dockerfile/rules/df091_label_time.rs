//! A label is no time
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind, and at `created` of the OCI image specification.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.created="yesterday"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.created="2026-11-21T10:00:00Z"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF091",
    aliases: &["DL3053"],
    severity: Severity::Low,
    file: include_str!("df091_label_time.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Rfc3339, "time (RFC 3339)", hits);
}
