//! `dnf install` asks
//!
//! Nobody is there to answer when an image is built: the command gives up.
//!
//! # Fix
//!
//! Add `-y`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF045",
    aliases: &["DL3038"],
    severity: Severity::Medium,
    file: include_str!("df045_dnf_asks.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&package::DNF, &["install", "groupinstall", "localinstall"]) && !command.has_flag(&["y", "assumeyes"]) {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` asks before it goes on"));
        }
    }
}
