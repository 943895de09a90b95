//! `cargo` leaves what it built in the image
//!
//! The registry and the `target` folder are hundreds of megabytes, and of no use in the image.
//!
//! # Fix
//!
//! Build in a stage of its own, or mount caches at `/usr/local/cargo/registry` and `target`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM rust:1.82
//! RUN cargo build --release
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM rust:1.82 AS build
//! RUN cargo build --release
//! FROM debian:12
//! COPY --from=build /app /app
//! ```
//!
//! ```dockerfile
//! FROM rust:1.82
//! RUN --mount=type=cache,target=/usr/local/cargo/registry cargo install --locked just
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF057",
    aliases: &["DL3069"],
    severity: Severity::Low,
    file: include_str!("df057_cargo_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let is_mounted = instruction.has_cache_mount("cargo");
        let is_cleaned = run.script.any(|c| {
            c.is_doing(&["cargo"], &["clean"])
                || c.is_any(&["rm"]) && c.args().iter().any(|word| word.text.contains("cargo"))
        });
        if is_mounted || is_cleaned || !input.file.is_kept(instruction) {
            continue;
        }
        for command in &run.script.commands {
            let operands = command.operands(&["config", "C", "Z"]);
            let action = operands.iter().find(|word| !word.text.starts_with('+'));
            let is_building =
                action.is_some_and(|word| matches!(word.text.as_str(), "build" | "b" | "install"));
            if command.is_any(&["cargo"]) && is_building {
                hits.at(command.lines(), "what `cargo` downloaded and built stays");
            }
        }
    }
}
