//! `go` leaves its caches in the image
//!
//! Modules and compiled packages are hundreds of megabytes, and of no use in the image.
//!
//! # Fix
//!
//! Build in a stage of its own, mount caches at `/go/pkg/mod` and `/root/.cache/go-build`, or run
//! `go clean -modcache -cache`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN go build -o /app .
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM golang:1.23 AS build
//! RUN go build -o /app .
//! FROM scratch
//! COPY --from=build /app /app
//! ```
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o /app .
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF056",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df056_go_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let is_cleaned = script.any(|c| c.is_doing(&["go"], &["clean"]));
        let is_mounted = ["go/pkg", "go-build", "/.cache", "/go"]
            .iter()
            .any(|part| instruction.has_cache_mount(part));
        if is_cleaned || is_mounted || !input.file.is_kept(instruction) {
            continue;
        }
        for command in &script.commands {
            let action = command.operands(&[]).first().map(|word| word.text.as_str());
            if command.is_any(&["go"]) && matches!(action, Some("build" | "install" | "mod")) {
                hits.at(command.lines(), "the caches of `go` stay");
            }
        }
    }
}
