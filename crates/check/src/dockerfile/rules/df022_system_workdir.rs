//! `WORKDIR` is a folder of the kernel
//!
//! A working folder in `/proc` or `/dev` can name a file descriptor of the runtime that starts the
//! container (CVE-2024-21626), and so a way out of it.
//!
//! # Fix
//!
//! Use a folder of your own.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /proc/self/fd/8
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /development
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF022",
    aliases: &["DS-0030", "DS030", "AVD-DS-0030", "docker-avoid-sys-workdir-mounts", "avoid-sys-workdir-mounts"],
    severity: Severity::High,
    file: include_str!("df022_system_workdir.rs"),
    check,
};

const FOLDERS: [&str; 6] = ["/proc", "/sys", "/boot", "/dev", "/initrd", "/lost+found"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Workdir(path) = &instruction.kind else { continue };
        let is_within = FOLDERS.iter().any(|folder| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_within {
            hits.at(instruction.lines, format!("`{path}` is not for files"));
        }
    }
}
