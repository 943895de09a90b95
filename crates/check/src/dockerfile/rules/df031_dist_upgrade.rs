//! `apt-get dist-upgrade` is run
//!
//! It may remove packages to upgrade others, up to those of another release. The base image is then
//! no longer the one that is named.
//!
//! # Fix
//!
//! Take a newer base image.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get -q dist-upgrade
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt full-upgrade -y
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get upgrade -y
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF031",
    aliases: &["DL3005", "DS-0024", "DS024", "AVD-DS-0024", "docker-no-dist-upgrade", "no-dist-upgrade"],
    severity: Severity::Medium,
    file: include_str!("df031_dist_upgrade.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&["apt-get", "apt", "aptitude"], &["dist-upgrade", "full-upgrade"]) {
            hits.at(command.lines(), "a distribution is upgraded within an image");
        }
    }
}
