//! A service uses the host's network
//!
//! It reaches services that listen on the host alone, and every port it opens is open on the
//! host.
//!
//! # Fix
//!
//! Remove `network_mode: host` and publish ports.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     network_mode: host
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     network_mode: bridge
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO003",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co003_host_network.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        if let Some(node) = service.get("network_mode").filter(|node| node.text() == Some("host")) {
            hits.at(node.lines, format!("{service} uses the host's network"));
        }
    }
}
