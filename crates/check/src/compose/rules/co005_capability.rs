//! A service adds a powerful capability
//!
//! Some capabilities are nearly all that root can do: mounting, loading modules, forging
//! packets, taking over processes.
//!
//! # Fix
//!
//! Remove it.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     cap_add: [SYS_ADMIN]
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     cap_add:
//!       - ALL
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     cap_add: [NET_BIND_SERVICE]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO005",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co005_capability.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for node in service.list("cap_add") {
            let Some(name) = node.text() else { continue };
            let name = name.strip_prefix("CAP_").unwrap_or(name).to_ascii_uppercase();
            if POWERFUL.contains(&name.as_str()) {
                hits.at(node.lines, format!("{service} adds {name}"));
            }
        }
    }
}

const POWERFUL: [&str; 13] = [
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];
