//! `export` hides that a command failed
//!
//! `export NAME=$(command)` succeeds whatever the command does.
//!
//! # Fix
//!
//! Set the variable first, then export it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN export V=$(cat version) && make
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN V=$(cat version) && export V && make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF116",
    aliases: &["SC2155"],
    severity: Severity::Low,
    file: include_str!("df116_masked_export.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_declaring = command.is_any(&["export", "local", "declare", "readonly", "typeset"]);
        let masked = command.args().iter().find(|word| {
            word.text.split_once('=').is_some_and(|(_, value)| value.starts_with("$()"))
        });
        if let Some(word) = masked.filter(|_| is_declaring) {
            let name = word.text.split('=').next().unwrap_or("");
            hits.at(command.lines(), format!("a failure to make `{name}` goes unnoticed"));
        }
    }
}
