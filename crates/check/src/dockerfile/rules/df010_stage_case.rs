//! A stage has capitals in its name
//!
//! Names of stages are the same in whatever case, and in lower case once built. One that is written
//! otherwise looks different where it is used.
//!
//! # Fix
//!
//! Write the name in lower case.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS Build
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF010",
    aliases: &["StageNameCasing"],
    severity: Severity::Low,
    file: include_str!("df010_stage_case.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for stage in &input.file.stages {
        let Some(name) = &stage.name else { continue };
        if name.chars().any(char::is_uppercase) {
            hits.at(image::lines(input, stage), format!("`{name}` is not in lower case"));
        }
    }
}
