//! `dnf` leaves its cache in the image
//!
//! What was downloaded to install from is tens of megabytes, and of no use in the image.
//!
//! # Fix
//!
//! Run `dnf clean all` (or `microdnf clean all`) in the same `RUN`, after the last install.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl-8
//! ```
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl-8 && microdnf clean all
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl-8 && dnf clean all
//! ```
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y curl-8
//! ```

use crate::dockerfile::{Command, Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF046",
    aliases: &["DL3040", "DS-0019", "DS019", "AVD-DS-0019", "docker-purge-dnf-package-cache", "purge-dnf-package-cache", "DS-0027", "DS027", "AVD-DS-0027", "docker-purge-microdnf-package-cache", "purge-microdnf-package-cache"],
    severity: Severity::Medium,
    file: include_str!("df046_dnf_cache.rs"),
    check,
};

const CACHES: [&str; 3] = ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        if CACHES.iter().any(|cache| instruction.is_mounted(cache)) {
            continue;
        }
        let script = &run.script;
        for program in package::DNF {
            let installs = ["install", "in", "reinstall", "rei"];
            let install = script.last(|c| c.is_doing(&[program], &installs));
            let cleanup = script.last(|c| {
                c.is_doing(&[program], &["clean"]) && c.has_arg(&["all"])
                    || super::removes(c, &CACHES)
            });
            let Some(install) = install else { continue };
            if cleanup.is_none_or(|cleanup| cleanup < install) {
                let lines = script.commands.get(install).map_or(instruction.lines, Command::lines);
                hits.at(lines, format!("no `{program} clean all` after the last install"));
            }
        }
    }
}
