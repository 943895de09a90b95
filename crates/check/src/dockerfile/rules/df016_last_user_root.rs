//! The last user is root
//!
//! Who breaks out of a process that runs as root is root outside, too, wherever a kernel or a
//! runtime lets them; and inside, nothing is safe from it.
//!
//! # Fix
//!
//! Change back to another user once what needs root is done.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! USER root
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! USER app
//! USER 0:0
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! USER root
//! RUN make install
//! USER 10001
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF016",
    aliases: &["DL3002", "DS-0002", "DS002", "AVD-DS-0002", "docker-least-privilege-user", "least-privilege-user"],
    severity: Severity::High,
    file: include_str!("df016_last_user_root.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let found = input.file.sections().last().and_then(|section| super::last_root(&section));
    if let Some((lines, user)) = found {
        hits.at(lines, format!("the last USER is `{user}`"));
    }
}
