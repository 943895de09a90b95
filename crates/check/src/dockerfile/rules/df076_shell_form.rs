//! The program is started by a shell
//!
//! In shell form the process is `/bin/sh -c`, which does not pass signals on: `docker stop` waits
//! ten seconds and kills.
//!
//! # Fix
//!
//! Write a JSON array; where a shell is needed, call it there.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT ["/app"]
//! HEALTHCHECK CMD curl -f http://localhost/ || exit 1
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF076",
    aliases: &["DL3025", "JSONArgsRecommended"],
    severity: Severity::Low,
    file: include_str!("df076_shell_form.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let invocation = match &instruction.kind {
            Kind::Cmd(invocation) | Kind::Entrypoint(invocation) => invocation,
            // A check of more than one command has need of a shell, and nobody stops it.
            Kind::Healthcheck(Some(check)) if check.script.commands.len() < 2 => check,
            _ => continue,
        };
        if !invocation.is_exec {
            hits.at(instruction.lines, format!("{} is not a JSON array", instruction.keyword));
        }
    }
}
