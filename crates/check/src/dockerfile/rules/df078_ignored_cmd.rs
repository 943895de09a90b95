//! `CMD` has no effect behind a shell-form `ENTRYPOINT`
//!
//! An `ENTRYPOINT` in shell form takes no arguments, neither from `CMD` nor from who runs the
//! image.
//!
//! # Fix
//!
//! Write the `ENTRYPOINT` as a JSON array.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT /app
//! CMD ["-v"]
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT ["/app"]
//! CMD ["-v"]
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF078",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df078_ignored_cmd.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let is_shell = section.instructions.iter().rev().find_map(|i| match &i.kind {
            Kind::Entrypoint(entrypoint) => Some(!entrypoint.is_exec),
            _ => None,
        });
        let cmd = section.instructions.iter().rfind(|i| matches!(i.kind, Kind::Cmd(_)));
        if let (Some(true), Some(cmd)) = (is_shell, cmd) {
            hits.at(cmd.lines, "ENTRYPOINT is in shell form and takes no arguments");
        }
    }
}
