//! The base image has no tag
//!
//! Without a tag the builder takes `latest`, which is another image tomorrow: the same file builds
//! something else, and what was tested is not what is shipped.
//!
//! # Fix
//!
//! Name the tag, best of a release and not of a moving line; with a digest behind it, it cannot
//! change at all.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian
//! ```
//!
//! ```dockerfile
//! ARG REGISTRY
//! FROM ${REGISTRY}/debian
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12.8
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM build
//! ```
//!
//! ```dockerfile
//! ARG IMAGE
//! FROM ${IMAGE}
//! ```
//!
//! ```dockerfile
//! FROM scratch
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF001",
    aliases: &["DL3006", "DS-0001", "DS001", "AVD-DS-0001", "docker-use-specific-tags", "use-specific-tags"],
    severity: Severity::Medium,
    file: include_str!("df001_untagged.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for stage in &input.file.stages {
        let Some((text, reference)) = image::base(input, stage) else { continue };
        if reference.tag.is_none() && reference.digest.is_none() {
            hits.at(image::lines(input, stage), format!("`{text}` has no tag"));
        }
    }
}
