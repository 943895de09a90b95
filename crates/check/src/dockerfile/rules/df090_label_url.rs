//! A label is no URL
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind, and at `url`, `source` and `documentation` of the OCI image specification.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.url="example.com"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.url="https://example.com/"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF090",
    aliases: &["DL3052"],
    severity: Severity::Low,
    file: include_str!("df090_label_url.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Url, "URL", hits);
}
