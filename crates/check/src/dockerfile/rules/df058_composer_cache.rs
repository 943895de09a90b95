//! `composer` leaves its cache in the image
//!
//! What was downloaded to install from is of no use in the image.
//!
//! # Fix
//!
//! Add `--no-cache`, run `composer clear-cache` in the same `RUN`, or mount a cache at
//! `/tmp/cache`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM php:8.3
//! RUN composer install --no-dev
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM php:8.3
//! RUN composer install --no-dev --no-cache
//! ```
//!
//! ```dockerfile
//! FROM php:8.3
//! RUN composer install --no-dev && composer clear-cache
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF058",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df058_composer_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let is_cleaned = script.any(|c| {
            c.is_doing(&["composer"], &["clear-cache", "clearcache", "cc"])
                || super::removes(c, &["/root/.composer/cache", "~/.composer/cache", "/tmp/cache"])
        });
        let is_mounted =
            ["composer", "cache"].iter().any(|part| instruction.has_cache_mount(part));
        if is_cleaned || is_mounted || !input.file.is_kept(instruction) {
            continue;
        }
        for command in &script.commands {
            if command.is_doing(&["composer"], &["install", "require", "update"])
                && !command.has_flag(&["no-cache"])
            {
                hits.at(command.lines(), "the cache of `composer` stays");
            }
        }
    }
}
