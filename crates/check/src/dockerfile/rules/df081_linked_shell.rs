//! `/bin/sh` is replaced by a link
//!
//! Scripts of the distribution rely on what their shell is.
//!
//! # Fix
//!
//! Use `SHELL`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN ln -sf /bin/bash /bin/sh
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! SHELL ["/bin/bash", "-c"]
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF081",
    aliases: &["DL4005"],
    severity: Severity::Low,
    file: include_str!("df081_linked_shell.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_any(&["ln"]) && command.has_arg(&["/bin/sh"]) {
            hits.at(command.lines(), "`/bin/sh` is linked to another shell");
        }
    }
}
