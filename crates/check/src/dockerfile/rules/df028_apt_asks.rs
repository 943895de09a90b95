//! `apt-get install` asks
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
//! FROM debian:12
//! RUN apt-get install curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y curl
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF028",
    aliases: &["DL3014", "DS-0021", "DS021", "AVD-DS-0021", "docker-use-apt-auto-confirm", "use-apt-auto-confirm"],
    severity: Severity::Medium,
    file: include_str!("df028_apt_asks.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&["apt-get"], &["install"]) && !is_answered(command) {
            hits.at(command.lines(), "`apt-get install` without `-y`");
        }
    }
}

/// Whether nothing is asked. Twice quiet is to answer yes as well, so says the manual.
fn is_answered(command: &Command) -> bool {
    let quiet = command.args().iter().map(|word| quiet(&word.text));
    command.has_flag(&["y", "yes", "assume-yes"]) || quiet.fold(0, usize::saturating_add) > 1
}

/// How much quieter a word makes it.
fn quiet(word: &str) -> usize {
    match word.strip_prefix('-') {
        Some("-quiet") => 1,
        Some("-quiet=2" | "q=2") => 2,
        Some(cluster) if !cluster.starts_with('-') => cluster.matches('q').count(),
        _ => 0,
    }
}
