//! `npm` leaves its cache in the image
//!
//! What was downloaded to install from is in `~/.npm`, and of no use in the image.
//!
//! # Fix
//!
//! Run `npm cache clean --force` in the same `RUN`, or mount a cache at `/root/.npm`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm ci
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm ci && npm cache clean --force
//! ```
//!
//! ```dockerfile
//! FROM node:22
//! RUN --mount=type=cache,target=/root/.npm npm ci
//! ```
//!
//! ```dockerfile
//! FROM node:22 AS build
//! RUN npm ci
//! FROM node:22
//! COPY --from=build /app /app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF051",
    aliases: &["DL3068"],
    severity: Severity::Low,
    file: include_str!("df051_npm_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let is_cleaned = script.any(|c| {
            c.is_doing(&["npm"], &["cache"]) && c.has_arg(&["clean", "clear"])
                || super::removes(c, &["/root/.npm", "~/.npm", "${HOME}/.npm"])
        });
        if is_cleaned || instruction.has_cache_mount("npm") || !input.file.is_kept(instruction) {
            continue;
        }
        for command in &script.commands {
            let action = command.operands(&[]).first().map(|word| word.text.as_str());
            if command.is_any(&["npm"]) && matches!(action, Some("install" | "i" | "ci")) {
                hits.at(command.lines(), "the cache of `npm` stays");
            }
        }
    }
}
