//! A label is no SPDX license
//!
//! Programs read it, and cannot read this. This rule looks at the labels that the settings say are
//! of this kind; in the examples, at `com.example.license`.
//!
//! # Fix
//!
//! Write the value as it should be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.license="the usual"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.license="Apache-2.0"
//! ```

use crate::dockerfile::{Input, LabelFormat, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF092",
    aliases: &["DL3054"],
    severity: Severity::Low,
    file: include_str!("df092_label_license.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    label::check_format(input, LabelFormat::Spdx, "SPDX license", hits);
}
