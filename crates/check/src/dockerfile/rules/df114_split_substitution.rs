//! What a command prints is split into words
//!
//! A substitution outside quotes is split at spaces, and its `*` are replaced by the names of
//! files.
//!
//! # Fix
//!
//! Quote it: `"$(…)"`; if it is to be split, ignore the rule.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN rm -rf $(cat list)
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN rm -rf "$(cat list)" && A=$(cat list) make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF114",
    aliases: &["SC2046"],
    severity: Severity::Low,
    file: include_str!("df114_split_substitution.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_test = command.is_any(&["[[", "export", "local", "declare", "readonly"]);
        if !is_test && command.args().iter().any(|word| word.has_bare_substitution) {
            let program = command.program().unwrap_or("a command");
            hits.at(command.lines(), format!("`{program}` is given a substitution without quotes"));
        }
    }
}
