//! A service has a device of the host
//!
//! What the device can do, the service can: a disk can be read past all permissions.
//!
//! # Fix
//!
//! Remove it, unless it is what the service is for.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     devices: ["/dev/sda:/dev/sda"]
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     devices: []
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
    id: "CO016",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("co016_device.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        if let Some(node) = service.get("devices").filter(|node| !node.is_empty()) {
            hits.at(node.lines, format!("{service} has devices of the host"));
        }
    }
}
