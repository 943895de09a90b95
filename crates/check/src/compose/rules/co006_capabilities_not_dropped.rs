//! A service keeps the default capabilities
//!
//! A dozen are given to containers for the sake of old images, among them those to change
//! owners of files.
//!
//! # Fix
//!
//! Set `cap_drop: [ALL]` and add back what is needed.
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
//!     cap_drop: [ALL]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO006",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("co006_capabilities_not_dropped.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        let is_all = |node: &Node| node.text().is_some_and(|name| name.eq_ignore_ascii_case("all"));
        if !service.list("cap_drop").iter().any(is_all) {
            hits.at(service.lines, format!("{service} does not drop all capabilities"));
        }
    }
}
