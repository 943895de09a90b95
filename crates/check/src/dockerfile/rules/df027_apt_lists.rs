//! The lists of `apt-get` stay in the image
//!
//! The lists of what could be installed are tens of megabytes, old tomorrow, and of no use in the
//! image.
//!
//! # Fix
//!
//! Remove `/var/lib/apt/lists/*` in the same `RUN`, or mount a cache there.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! RUN apt-get update
//! FROM debian:12
//! COPY --from=build /a /a
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF027",
    aliases: &["DL3009"],
    severity: Severity::Low,
    file: include_str!("df027_apt_lists.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let update = script.last(|c| c.is_doing(&["apt-get", "aptitude", "apt"], &["update"]));
        let cleanup = script.last(|c| super::removes(c, &["/var/lib/apt"]));
        let Some(update) = update.filter(|_| input.file.is_kept(instruction)) else { continue };
        // A mount of `/var/lib/apt` alone leaves the packages, and they are the larger part.
        let are_lists_mounted = instruction.has_cache_mount("/var/lib/apt/lists")
            || instruction.is_mounted("/var/lib/apt") && instruction.is_mounted("/var/cache/apt");
        if cleanup.is_none_or(|cleanup| cleanup < update) && !are_lists_mounted {
            let lines = script.commands.get(update).map_or(instruction.lines, Command::lines);
            hits.at(lines, "the lists of `apt-get update` stay");
        }
    }
}
