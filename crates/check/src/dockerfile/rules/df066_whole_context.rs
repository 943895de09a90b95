//! The whole context is copied into the image
//!
//! With it come `.git`, `.env` and whatever else lies there, unless `.dockerignore` knows of it.
//!
//! # Fix
//!
//! Copy what is needed, or copy in a stage that only builds.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY . /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY src /app/src
//! ```
//!
//! ```dockerfile
//! FROM golang:1.23 AS build
//! COPY . /app
//! FROM debian:12
//! COPY --from=build /app/app /app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF066",
    aliases: &["DL4007"],
    severity: Severity::Low,
    file: include_str!("df066_whole_context.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, _, transfer) in input.file.transfers() {
        let is_whole = transfer.sources.iter().any(|path| matches!(path.as_str(), "." | "./" | "/"));
        if is_whole && instruction.flag("from").is_none() && input.file.is_kept(instruction) {
            hits.at(instruction.lines, "the whole context is copied");
        }
    }
}
