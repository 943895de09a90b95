//! `FROM` uses a variable that is not declared before
//!
//! Only an `ARG` before the first `FROM` has a value in a `FROM`. Any other variable is empty
//! there, and the image is not the one that is meant.
//!
//! # Fix
//!
//! Declare the variable with `ARG` at the top of the file.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:${VERSION}
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! ARG VERSION=1
//! FROM debian:${VERSION}
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! ARG VERSION=12.8
//! FROM debian:${VERSION}
//! ```
//!
//! ```dockerfile
//! FROM --platform=$BUILDPLATFORM debian:12
//! ```
//!
//! ```dockerfile
//! FROM debian:${VERSION:-12}
//! ```

use crate::dockerfile::{Input, Kind, image, word};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF005",
    aliases: &["UndefinedArgInFrom", "InvalidDefaultArgInFrom"],
    severity: Severity::Medium,
    file: include_str!("df005_unknown_variable_in_from.rs"),
    check,
};

/// What BuildKit declares itself.
const GLOBAL: [&str; 8] = [
    "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS",
    "BUILDARCH", "BUILDVARIANT",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    let first = input.file.stages.first().map_or(0, |stage| stage.from);
    let declared: BTreeSet<&str> = input
        .file
        .instructions
        .iter()
        .take(first)
        .filter_map(|instruction| match &instruction.kind {
            Kind::Arg(arguments) => Some(arguments),
            _ => None,
        })
        .flatten()
        .map(|argument| argument.name.as_str())
        .chain(GLOBAL)
        .collect();
    for stage in &input.file.stages {
        let is_declared = |name: &str| declared.contains(name).then(String::new);
        for name in word::expand(&stage.image, &is_declared).unknown {
            let message = format!("`{name}` is not declared before the first FROM");
            hits.at(image::lines(input, stage), message);
        }
    }
}
