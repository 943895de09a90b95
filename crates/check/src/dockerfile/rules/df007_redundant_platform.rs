//! `FROM` sets the platform it has anyway
//!
//! A stage is for the target platform unless it says otherwise; saying so is one more thing to
//! read.
//!
//! # Fix
//!
//! Leave the option away.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM --platform=$TARGETPLATFORM debian:12
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF007",
    aliases: &["DL3065", "RedundantTargetPlatform"],
    severity: Severity::Low,
    file: include_str!("df007_redundant_platform.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        if matches!(instruction.flag("platform"), Some("$TARGETPLATFORM" | "${TARGETPLATFORM}")) {
            hits.at(instruction.lines, "the target platform is the default");
        }
    }
}
