//! A `RUN` is let out of its sandbox
//!
//! `--security=insecure` and `--network=host` give what is run the rights, or the network, of the
//! machine that builds.
//!
//! # Fix
//!
//! Leave the option away.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --security=insecure make
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --network=host make
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --network=none make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF109",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df109_insecure_run.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, _) in input.file.runs() {
        if instruction.flag("security") == Some("insecure") {
            hits.at(instruction.lines, "`--security=insecure`");
        }
        if instruction.flag("network") == Some("host") {
            hits.at(instruction.lines, "`--network=host`");
        }
    }
}
