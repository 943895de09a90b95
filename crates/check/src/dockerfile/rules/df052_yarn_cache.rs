//! `yarn` leaves its cache in the image
//!
//! What was downloaded to install from is of no use in the image.
//!
//! # Fix
//!
//! Run `yarn cache clean` in the same `RUN`, or mount a cache.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM node:22
//! RUN yarn install
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM node:22
//! RUN yarn install && yarn cache clean
//! ```
//!
//! ```dockerfile
//! FROM node:22 AS build
//! RUN yarn install
//! FROM node:22
//! COPY --from=build /app /app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF052",
    aliases: &["DL3060"],
    severity: Severity::Low,
    file: include_str!("df052_yarn_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let is_cleaned =
            script.any(|c| c.is_doing(&["yarn"], &["cache"]) && c.has_arg(&["clean"]));
        let is_mounted =
            instruction.has_cache_mount("yarn") || instruction.has_cache_mount("/.cache");
        if is_cleaned || is_mounted || !input.file.is_kept(instruction) {
            continue;
        }
        for command in script.commands.iter().filter(|c| c.is_doing(&["yarn"], &["install"])) {
            hits.at(command.lines(), "the cache of `yarn` stays");
        }
    }
}
