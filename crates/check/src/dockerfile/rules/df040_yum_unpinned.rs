//! `yum install` installs whatever version there is
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
//! FROM centos:7
//! RUN yum install -y curl
//! ```
//!
//! ```dockerfile
//! FROM centos:8
//! RUN yum module install -y nodejs
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM centos:7
//! RUN yum install -y curl-7.29.0 rpm-sign-4.16
//! ```
//!
//! ```dockerfile
//! FROM centos:8
//! RUN yum module install -y nodejs:18
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF040",
    aliases: &["DL3033"],
    severity: Severity::Low,
    file: include_str!("df040_yum_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::yum(command, &["yum"])
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| if command.has_arg(&["module"]) { !name.contains(':') } else { !super::is_rpm_pinned(name) })
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
