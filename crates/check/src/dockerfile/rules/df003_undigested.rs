//! The base image is not pinned to a digest
//!
//! A tag can be moved by whoever owns the repository, or by who broke into it. A digest names
//! bytes.
//!
//! # Fix
//!
//! Add the digest to the tag, as `name:tag@sha256:…`, and have a bot renew it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12.8
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12.8@sha256:17122fe3d66916e55c0cbd5bbf54bb3f87b3582f4d86a755a0fd3498d360f91b
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF003",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df003_undigested.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for stage in &input.file.stages {
        let Some((text, reference)) = image::base(input, stage) else { continue };
        if reference.digest.is_none() {
            hits.at(image::lines(input, stage), format!("`{text}` is not pinned to a digest"));
        }
    }
}
