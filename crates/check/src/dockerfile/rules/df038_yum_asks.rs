//! `yum install` asks
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
//! FROM centos:7
//! RUN yum install curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM centos:7
//! RUN yum install -y curl
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF038",
    aliases: &["DL3030"],
    severity: Severity::Medium,
    file: include_str!("df038_yum_asks.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_doing(&["yum"], &["install", "groupinstall", "localinstall"]) && !command.has_flag(&["y", "assumeyes"]) {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` asks before it goes on"));
        }
    }
}
