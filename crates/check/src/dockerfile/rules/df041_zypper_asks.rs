//! `zypper` asks
//!
//! Nobody is there to answer when an image is built: the command gives up.
//!
//! # Fix
//!
//! Add `-y`, or `--non-interactive` before the command.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install -y curl && zypper --non-interactive install git
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF041",
    aliases: &["DL3034"],
    severity: Severity::Medium,
    file: include_str!("df041_zypper_asks.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&["zypper"], &["install", "in", "remove", "rm", "source-install", "si", "patch"]) && !command.has_flag(&["no-confirm", "y", "n", "non-interactive"]) {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` asks before it goes on"));
        }
    }
}
