//! A command makes no sense in a build
//!
//! There is no terminal, no service manager and no other process while an image is built: what
//! `ps`, `top`, `service` or `vim` do, they do for nothing.
//!
//! # Fix
//!
//! Leave it away.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN service ssh start
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF024",
    aliases: &["DL3001"],
    severity: Severity::Low,
    file: include_str!("df024_pointless_command.rs"),
    check,
};

const POINTLESS: [&str; 10] =
    ["free", "ifconfig", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if let Some(program) = command.program().filter(|program| POINTLESS.contains(program)) {
            hits.at(command.lines(), format!("`{program}` makes no sense here"));
        }
    }
}
