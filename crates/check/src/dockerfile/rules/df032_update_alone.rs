//! Lists of packages are updated in a `RUN` of their own
//!
//! The layer with the lists is cached: a later change installs from lists that are old, or whose
//! packages are gone.
//!
//! # Fix
//!
//! Update and install in one `RUN`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update
//! RUN apt-get install -y curl
//! ```
//!
//! ```dockerfile
//! FROM opensuse/leap:15
//! RUN zypper up -y
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get update && apt-get install -y curl
//! ```
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk --update add curl
//! ```
//!
//! ```dockerfile
//! FROM sbt:1
//! RUN sbt update
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF032",
    aliases: &["DS-0017", "DS017", "AVD-DS-0017", "docker-no-orphan-package-update", "no-orphan-package-update"],
    severity: Severity::Medium,
    file: include_str!("df032_update_alone.rs"),
    check,
};

const MANAGERS: [&[&str]; 5] = [
    &["apt-get", "apt", "aptitude"],
    &["yum"],
    &["apk"],
    &["dnf", "microdnf", "dnf5"],
    &["zypper"],
];

const INSTALLS: [&str; 10] = [
    "upgrade", "dist-upgrade", "install", "in", "source-install", "reinstall", "groupinstall",
    "localinstall", "add", "build-dep",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, run) in super::scripts(input) {
        for programs in MANAGERS {
            let script = &run.script;
            let update =
                script.commands.iter().position(|c| c.is_doing(programs, &["update", "up"]));
            let install = script.last(|c| c.is_doing(programs, &INSTALLS));
            let Some((update, command)) =
                update.and_then(|at| Some((at, script.commands.get(at)?)))
            else {
                continue;
            };
            if install.is_none_or(|install| install < update) {
                let program = command.program().unwrap_or_default();
                let message = format!("`{program}` updates, and nothing is installed after it");
                hits.at(command.lines(), message);
            }
        }
    }
}
