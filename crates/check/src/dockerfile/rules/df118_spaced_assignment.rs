//! A variable is set with a space beside `=`
//!
//! `NAME= value` runs `value` with an empty `NAME`, and `NAME = value` runs `NAME`.
//!
//! # Fix
//!
//! Leave the space away.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN NAME = value && make
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN NAME= value
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN NAME=value && make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF118",
    aliases: &["SC1007", "SC1068"],
    severity: Severity::Medium,
    file: include_str!("df118_spaced_assignment.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_compared = command.args().first().is_some_and(|word| word.text == "=" && !word.is_quoted);
        let is_emptied = command.assignments.iter().any(|assignment| {
            let value = &assignment.value;
            value.text.is_empty() && !value.is_quoted && !value.has_expansion
        });
        // An empty variable before a program is a way to unset it there, for some.
        let is_meant = command.program().is_some_and(|program| program.contains('/'))
            || command.words.len() != 1;
        let first = command.words.first().map_or("", |word| word.text.as_str());
        if is_compared && !first.contains(['[', '$', '/']) && first != "test" {
            hits.at(command.lines(), format!("`{first}` is run as a program"));
        } else if is_emptied && !is_meant {
            hits.at(command.lines(), format!("`{first}` is run as a program, not set"));
        }
    }
}
