//! `apt-key` is used
//!
//! A key that `apt-key` adds is trusted for every repository there is, and the program is gone from
//! newer releases.
//!
//! # Fix
//!
//! Put the key in `/etc/apt/keyrings` and name it in the source (`signed-by`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:11
//! RUN apt-key add key.asc
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN install -m 644 key.asc /etc/apt/keyrings/key.asc
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF034",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df034_apt_key.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_any(&["apt-key"]) && !command.has_arg(&["list", "finger", "fingerprint"]) {
            hits.at(command.lines(), "a key becomes trusted for every repository");
        }
    }
}
