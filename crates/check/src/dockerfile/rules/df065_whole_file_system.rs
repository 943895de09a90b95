//! The whole file system of another stage is copied
//!
//! All that building needed comes along: compilers, caches, and secrets that a stage of its own was
//! to keep out.
//!
//! # Fix
//!
//! Copy what is needed.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12
//! COPY --from=build / /
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12
//! COPY --from=build /app /app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF065",
    aliases: &["DL3067"],
    severity: Severity::Medium,
    file: include_str!("df065_whole_file_system.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, transfer) in input.file.transfers() {
        let is_whole = transfer.target == "/" && transfer.sources.iter().any(|path| path == "/");
        if is_copy && is_whole && instruction.flag("from").is_some() {
            hits.at(instruction.lines, "everything of another stage is copied");
        }
    }
}
