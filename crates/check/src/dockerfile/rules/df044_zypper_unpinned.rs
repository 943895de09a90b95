//! `zypper install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package=1.2`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install -y curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper install -y curl=8.0 'git>=2.40'
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF044",
    aliases: &["DL3037"],
    severity: Severity::Low,
    file: include_str!("df044_zypper_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::zypper(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !name.contains(['=', '<', '>']) && !super::has_extension(name, ".rpm"))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
