//! `apk add` leaves its cache in the image
//!
//! The index of packages is of no use in the image.
//!
//! # Fix
//!
//! Add `--no-cache`, or mount a cache at `/var/cache/apk`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add curl=8.9.1-r1
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add --no-cache curl=8.9.1-r1
//! ```
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN --mount=type=cache,target=/var/cache/apk apk add curl
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF037",
    aliases: &["DL3019", "DS-0025", "DS025", "AVD-DS-0025", "docker-purge-apk-package-cache", "purge-apk-package-cache"],
    severity: Severity::Low,
    file: include_str!("df037_apk_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let is_mounted =
            instruction.is_mounted("/var/cache/apk") || instruction.is_mounted("/etc/apk/cache");
        for command in run.script.commands.iter().filter(|_| !is_mounted) {
            if command.is_doing(&["apk"], &["add"]) && !command.has_flag(&["no-cache"]) {
                hits.at(command.lines(), "`apk add` without `--no-cache`");
            }
        }
    }
}
