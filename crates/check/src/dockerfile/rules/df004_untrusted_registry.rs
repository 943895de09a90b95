//! The base image is from a registry that is not trusted
//!
//! Who controls the base image controls the image. This rule says something only where the settings
//! name trusted registries; the examples here trust `docker.io` and `*.example.com`.
//!
//! # Fix
//!
//! Take the image from a trusted registry, or mirror it there.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM quay.io/fedora/fedora:41
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12.8
//! ```
//!
//! ```dockerfile
//! FROM docker.io/library/debian:12.8
//! ```
//!
//! ```dockerfile
//! FROM registry.example.com/base:1
//! FROM scratch
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF004",
    aliases: &["DL3026"],
    severity: Severity::High,
    file: include_str!("df004_untrusted_registry.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let trusted = &input.settings.trusted_registries;
    if trusted.is_empty() {
        return;
    }
    for stage in &input.file.stages {
        let Some((text, reference)) = image::base(input, stage) else { continue };
        let registry = reference.registry.as_deref().unwrap_or("docker.io");
        let is_hub = matches!(registry, "docker.io" | "index.docker.io" | "hub.docker.com");
        let is_trusted = trusted.iter().any(|pattern| {
            is_like(pattern, registry) || is_hub && matches!(pattern.as_str(), "docker.io" | "hub.docker.com")
        });
        // Where the registry is a variable without a value, it is not this file that says.
        if !is_trusted && !text.starts_with('/') {
            hits.at(image::lines(input, stage), format!("`{registry}` is not a trusted registry"));
        }
    }
}

/// Whether a name is like a pattern with at most one `*`; a second one is a character.
fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            name.len() >= start.len().saturating_add(end.len())
                && name.starts_with(start)
                && name.ends_with(end)
        }
        None => pattern == name,
    }
}
