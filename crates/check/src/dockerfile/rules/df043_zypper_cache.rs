//! `zypper` leaves its cache in the image
//!
//! What was downloaded to install from is tens of megabytes, and of no use in the image.
//!
//! # Fix
//!
//! Run `zypper clean` in the same `RUN`, after the last install.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install -y curl=8
//! ```
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper cc && zypper rm -y bash
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install -y curl=8 && zypper clean
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF043",
    aliases: &["DL3036", "DS-0020", "DS020", "AVD-DS-0020", "docker-purge-zipper-cache", "purge-zipper-cache"],
    severity: Severity::Medium,
    file: include_str!("df043_zypper_cache.rs"),
    check,
};

const CHANGES: [&str; 7] = ["install", "in", "remove", "rm", "source-install", "si", "patch"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let install = script.last(|c| c.is_doing(&["zypper"], &CHANGES));
        let cleanup = script.last(|c| {
            c.is_doing(&["zypper"], &["clean", "cc"]) || super::removes(c, &["/var/cache/zypp"])
        });
        let is_mounted = instruction.is_mounted("/var/cache/zypp");
        let Some(install) = install.filter(|_| !is_mounted) else { continue };
        if cleanup.is_none_or(|cleanup| cleanup < install) {
            let lines = script.commands.get(install).map_or(instruction.lines, Command::lines);
            hits.at(lines, "no `zypper clean` after the last change");
        }
    }
}
