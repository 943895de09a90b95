//! `cd` is run instead of `WORKDIR`
//!
//! A folder that is changed to within a command is hard to follow, and forgotten in the next
//! instruction.
//!
//! # Fix
//!
//! Use `WORKDIR`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN cd /src && make
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /src
//! RUN make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF023",
    aliases: &["DL3003", "DS-0013", "DS013", "AVD-DS-0013", "docker-use-workdir-over-cd", "use-workdir-over-cd"],
    severity: Severity::Low,
    file: include_str!("df023_cd.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if command.is_any(&["cd"]) {
            let folder = command.args().first().map_or("", |word| word.text.as_str());
            hits.at(command.lines(), format!("`cd {folder}` instead of WORKDIR"));
        }
    }
}
