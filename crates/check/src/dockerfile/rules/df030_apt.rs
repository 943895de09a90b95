//! `apt` is run, which is for people
//!
//! `apt` is for terminals; what it prints and takes may change with any release, and it says so
//! itself.
//!
//! # Fix
//!
//! Use `apt-get` and `apt-cache`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt install -y curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y curl
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF030",
    aliases: &["DL3027"],
    severity: Severity::Low,
    file: include_str!("df030_apt.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_any(&["apt"]) {
            hits.at(command.lines(), "`apt` instead of `apt-get`");
        }
    }
}
