//! A service shares a namespace with the host
//!
//! Processes, memory segments or users of the host are within its reach.
//!
//! # Fix
//!
//! Remove `pid: host`, `ipc: host`, `userns_mode: host`, `uts: host` and `cgroup: host`.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     pid: host
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     ipc: host
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     userns_mode: host
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     ipc: private
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO004",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co004_host_namespace.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for name in ["pid", "ipc", "userns_mode", "uts", "cgroup"] {
            if let Some(node) = service.get(name).filter(|node| node.text() == Some("host")) {
                hits.at(node.lines, format!("{service} has `{name}` of the host"));
            }
        }
    }
}
