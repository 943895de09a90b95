//! A service mounts a folder that runs the host
//!
//! Files in it decide what the host starts, whom it trusts, or what its kernel does.
//!
//! # Fix
//!
//! Mount the one file that is needed, read-only, or do without.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes: ["/:/host"]
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes: ["/etc:/host/etc:ro"]
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes: ["./config:/etc/web:ro"]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO014",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co014_sensitive_mount.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for (source, _, lines) in service.binds() {
            let folder = source.trim_end_matches('/');
            if source.starts_with('/') && (folder.is_empty() || FOLDERS.contains(&folder)) {
                hits.at(lines, format!("{service} mounts {folder}/ of the host"));
            }
        }
    }
}

const FOLDERS: [&str; 12] = [
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var/lib/docker",
    "/var/run",
];
