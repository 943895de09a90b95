//! A password is set
//!
//! The password is in the history of the image, and the same in every container.
//!
//! # Fix
//!
//! Leave accounts without passwords; nobody logs in to a container.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN echo 'root:hunter2' | chpasswd
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN useradd -p hunter2 app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN useradd --no-log-init app && passwd -l app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF111",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df111_password_set.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_set = match command.program() {
            Some("chpasswd") => true,
            Some("useradd" | "usermod") => {
                let values = command.flag_values(&["p", "password"]);
                values.iter().any(|value| !value.has_expansion && !matches!(value.text.as_str(), "*" | "!" | "x" | ""))
            }
            Some("passwd") => command.has_flag(&["stdin", "d", "delete"]),
            _ => false,
        };
        if is_set {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` sets a password"));
        }
    }
}
