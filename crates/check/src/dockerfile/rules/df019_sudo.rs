//! `sudo` is run
//!
//! What is run when building is root already, or what `USER` says. `sudo` in an image is one more
//! program with the right to become root, and how it treats signals and terminals is not for
//! containers.
//!
//! # Fix
//!
//! Leave it away, and change the user with `USER` where that is needed.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN sudo make install
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! USER root
//! RUN make install
//! USER 10001
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF019",
    aliases: &["DL3004", "DS-0010", "DS010", "AVD-DS-0010", "docker-no-sudo-run", "no-sudo-run"],
    severity: Severity::Critical,
    file: include_str!("df019_sudo.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if matches!(command.name(), Some("sudo" | "doas")) {
            let program = command.program().unwrap_or("a command");
            hits.at(command.lines(), format!("`{program}` is run with sudo"));
        }
    }
}
