//! A service can write to its own files
//!
//! Who gets in can put programs there and change those that are.
//!
//! # Fix
//!
//! Set `read_only: true`, with `tmpfs` where files must be written.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     read_only: true
//!     tmpfs: [/tmp]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO009",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("co009_writable_root.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        if service.is_on("read_only").is_none() {
            hits.at(service.lines, format!("{service} can write to its root file system"));
        }
    }
}
