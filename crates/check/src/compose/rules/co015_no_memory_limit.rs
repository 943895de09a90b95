//! A service has no limit of memory
//!
//! One that leaks takes the memory of all others on the host.
//!
//! # Fix
//!
//! Set `deploy.resources.limits.memory` or `mem_limit`.
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
//!     mem_limit: 512m
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     deploy:
//!       resources:
//!         limits:
//!           memory: 512M
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO015",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("co015_no_memory_limit.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        let limit = service.node.at(&["deploy", "resources", "limits", "memory"]);
        if limit.or(service.get("mem_limit")).is_none() {
            hits.at(service.lines, format!("{service} has no limit of memory"));
        }
    }
}
