//! `dnf install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package-1.2-3`, `module:stream`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl
//! ```
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN microdnf module install -y nodejs
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y curl-8.9.1 rpm-sign-${VERSION}
//! ```
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf module install -y nodejs:18
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF047",
    aliases: &["DL3041"],
    severity: Severity::Low,
    file: include_str!("df047_dnf_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::yum(command, &package::DNF)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| {
                if command.has_arg(&["module"]) {
                    !name.contains(':')
                } else {
                    !command.has_arg(&["group"]) && !super::is_rpm_pinned(name)
                }
            })
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
