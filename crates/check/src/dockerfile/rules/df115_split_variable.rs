//! A variable is split into words
//!
//! A variable outside quotes is split at spaces, and its `*` are replaced by the names of files.
//!
//! # Fix
//!
//! Quote it: `"$NAME"`; if it is to be split, ignore the rule.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN rm -rf $FOLDER
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN rm -rf "$FOLDER" && exit $?
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF115",
    aliases: &["SC2086"],
    severity: Severity::Low,
    file: include_str!("df115_split_variable.rs"),
    check,
};

/// Variables that have no space in them.
const SAFE: [&str; 5] = ["?", "#", "$", "!", "-"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_any(&["[[", "export", "local", "declare", "readonly"]) {
            continue;
        }
        let names: Vec<&str> = command
            .args()
            .iter()
            .flat_map(|word| &word.bare_variables)
            .map(String::as_str)
            .filter(|name| !SAFE.contains(name))
            .collect();
        if !names.is_empty() {
            hits.at(command.lines(), format!("without quotes: {}", super::listed(names)));
        }
    }
}
