//! What follows a `cd` runs though it failed
//!
//! `cd dir; rm -r *` removes the files of another folder where there is no `dir`.
//!
//! # Fix
//!
//! Use `&&`, `WORKDIR`, or begin with `set -e`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN cd /build; rm -rf *
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN cd /build && rm -rf *
//! RUN set -e; cd /build; rm -rf *
//! ```

use crate::dockerfile::{Input, Next};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF113",
    aliases: &["SC2164"],
    severity: Severity::Low,
    file: include_str!("df113_unguarded_cd.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, run) in super::scripts(input) {
        let script = &run.script;
        let strict = script.commands.iter().position(|command| {
            command.is_any(&["set"])
                && (command.has_flag(&["e"]) || command.has_arg(&["errexit"]))
        });
        // The last command of each list, which nothing follows.
        let mut last: BTreeMap<Option<usize>, usize> = BTreeMap::new();
        for (index, command) in script.commands.iter().enumerate() {
            last.insert(command.parent, index);
        }
        for (index, command) in script.commands.iter().enumerate() {
            let is_strict = strict.is_some_and(|strict| strict < index);
            let goes_on =
                command.next == Next::Then && last.get(&command.parent) != Some(&index);
            let target = command.args().first().map(|word| word.text.as_str());
            if command.is_any(&["cd", "pushd"]) && goes_on && !is_strict && target != Some("/") {
                hits.at(command.lines(), "what follows runs where `cd` failed, too");
            }
        }
    }
}
