//! The base image is `latest`
//!
//! `latest` is a name like any other, but one that is moved with every release: the same file
//! builds something else tomorrow.
//!
//! # Fix
//!
//! Name the tag of a release.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:latest
//! ```
//!
//! ```dockerfile
//! ARG TAG=latest
//! FROM debian:${TAG}
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12.8
//! ```
//!
//! ```dockerfile
//! FROM debian:latest@sha256:d83056144b85dc301d61d9f9d4ec4d1f8a6a1e4bd2f5a1b2e0b0cf8a4c9a3a5b
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF002",
    aliases: &["DL3007", "DS-0001", "DS001", "AVD-DS-0001", "docker-use-specific-tags", "use-specific-tags"],
    severity: Severity::Medium,
    file: include_str!("df002_latest.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for stage in &input.file.stages {
        let Some((text, reference)) = image::base(input, stage) else { continue };
        if reference.tag.as_deref() == Some("latest") && reference.digest.is_none() {
            hits.at(image::lines(input, stage), format!("`{text}` moves with every release"));
        }
    }
}
