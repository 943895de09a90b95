//! `WORKDIR` is relative
//!
//! A relative folder is within the one before, or within that of the base image, which may change.
//!
//! # Fix
//!
//! Write the whole path.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ENV HOME=/app
//! WORKDIR ${HOME}/x
//! ```
//!
//! ```dockerfile
//! FROM mcr.microsoft.com/windows:1
//! WORKDIR C:\app
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF021",
    aliases: &["DL3000", "DS-0009", "DS009", "AVD-DS-0009", "docker-user-absolute-workdir", "user-absolute-workdir", "WorkdirRelativePath"],
    severity: Severity::Medium,
    file: include_str!("df021_relative_workdir.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Workdir(path) = &instruction.kind else { continue };
        let is_drive = path.chars().nth(1) == Some(':');
        if !path.starts_with(['/', '$', '\\']) && !is_drive {
            hits.at(instruction.lines, format!("`{path}` is relative"));
        }
    }
}
