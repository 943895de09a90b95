//! `apt-get` installs whatever version there is
//!
//! The same file builds something else when the distribution has something else, and what was
//! tested is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package=1.2-3`), or take the packages of one day from a snapshot and ignore the
//! rule.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u8
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF026",
    aliases: &["DL3008"],
    severity: Severity::Low,
    file: include_str!("df026_apt_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if !command.is_any(&["apt-get"]) {
            continue;
        }
        let unpinned: Vec<&str> = package::apt(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !name.contains(['=', '/']) && !super::has_extension(name, ".deb"))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
