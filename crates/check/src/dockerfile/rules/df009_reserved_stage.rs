//! A stage has a reserved name
//!
//! `scratch` is the empty image and `context` the files that are built from. A stage of that name
//! cannot be meant by it.
//!
//! # Fix
//!
//! Give the stage another name.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS scratch
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS empty
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF009",
    aliases: &["DL3063", "ReservedStageName"],
    severity: Severity::Medium,
    file: include_str!("df009_reserved_stage.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for stage in &input.file.stages {
        let Some(name) = &stage.name else { continue };
        if ["scratch", "context"].iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            hits.at(image::lines(input, stage), format!("`{name}` is a reserved name"));
        }
    }
}
