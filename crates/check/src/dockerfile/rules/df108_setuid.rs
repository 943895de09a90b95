//! A program runs with the rights of its owner
//!
//! A program with the set-user-id or set-group-id bit gives whoever runs it the rights of its
//! owner, if need be by way of its bugs.
//!
//! # Fix
//!
//! Leave the bit away; give the process the capability it needs.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod u+s /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod 4755 /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod 755 /app && chmod u-s /usr/bin/passwd
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF108",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df108_setuid.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    super::modes(input, is_bad, hits);
}

fn is_bad(mode: &str) -> bool {
    super::sets_mode(mode, 0o6000, "uga", 's') || mode == "+s"
}
