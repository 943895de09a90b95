//! A service is privileged
//!
//! It has every capability and device of the host, and none of the profiles that hold others.
//!
//! # Fix
//!
//! Remove `privileged` and add the one capability or device that is needed.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     privileged: true
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     privileged: "true"
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     privileged: false
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO001",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co001_privileged.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        if let Some(node) = service.is_on("privileged") {
            hits.at(node.lines, format!("{service} is privileged"));
        }
    }
}
