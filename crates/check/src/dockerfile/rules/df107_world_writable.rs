//! Everybody may write to a file
//!
//! Whatever runs in the container may change it, whoever it runs as.
//!
//! # Fix
//!
//! Give rights to the one user or group that needs them.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod -R 777 /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY --chmod=777 app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod a+w /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN chmod 755 /app && chmod 1777 /tmp && chmod g+w /app
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF107",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df107_world_writable.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    super::modes(input, is_bad, hits);
}

/// With the sticky bit, everybody may add files, but remove only their own.
fn is_bad(mode: &str) -> bool {
    let is_sticky = u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o1000 != 0);
    !is_sticky && super::sets_mode(mode, 0o002, "oa", 'w')
}
