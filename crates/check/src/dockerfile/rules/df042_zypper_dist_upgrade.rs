//! `zypper dist-upgrade` is run
//!
//! It takes the distribution to the state of its repositories, another release if need be. The base
//! image is then no longer the one that is named.
//!
//! # Fix
//!
//! Take a newer base image.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper dup -y
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper patch -y
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF042",
    aliases: &["DL3035"],
    severity: Severity::Medium,
    file: include_str!("df042_zypper_dist_upgrade.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&["zypper"], &["dist-upgrade", "dup"]) {
            hits.at(command.lines(), "a distribution is upgraded within an image");
        }
    }
}
