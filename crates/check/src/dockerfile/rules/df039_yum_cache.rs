//! `yum` leaves its cache in the image
//!
//! What was downloaded to install from is tens of megabytes, and of no use in the image.
//!
//! # Fix
//!
//! Run `yum clean all` in the same `RUN`, after the last install.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM centos:7
//! RUN yum install -y curl-7.29.0
//! ```
//!
//! ```dockerfile
//! FROM centos:7
//! RUN yum clean all && yum install -y curl-7.29.0
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM centos:7
//! RUN yum install -y curl-7.29.0 && yum clean all
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF039",
    aliases: &["DL3032", "DS-0015", "DS015", "AVD-DS-0015", "docker-purge-yum-package-cache", "purge-yum-package-cache"],
    severity: Severity::Medium,
    file: include_str!("df039_yum_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let script = &run.script;
        let install = script.last(|c| c.is_doing(&["yum"], &["install", "reinstall", "groupinstall"]));
        let cleanup = script.last(|c| {
            c.is_doing(&["yum"], &["clean"]) && c.has_arg(&["all"])
                || super::removes(c, &["/var/cache/yum", "/var/cache/dnf"])
        });
        let is_mounted =
            instruction.is_mounted("/var/cache/yum") || instruction.is_mounted("/var/cache/dnf");
        let Some(install) = install.filter(|_| !is_mounted) else { continue };
        if cleanup.is_none_or(|cleanup| cleanup < install) {
            let lines = script.commands.get(install).map_or(instruction.lines, Command::lines);
            hits.at(lines, "no `yum clean all` after the last install");
        }
    }
}
