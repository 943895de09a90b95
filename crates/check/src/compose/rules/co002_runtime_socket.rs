//! A service has the socket of the container runtime
//!
//! Whoever can talk to Docker starts any container with any rights: they own the host. A socket
//! mounted read-only is no less open.
//!
//! # Fix
//!
//! Do without, or put a proxy between that lets through the calls that are needed.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes:
//!       - /var/run/docker.sock:/var/run/docker.sock:ro
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes:
//!       - type: bind
//!         source: /run/containerd/containerd.sock
//!         target: /c.sock
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     volumes:
//!       - data:/data
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO002",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co002_runtime_socket.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for (source, _, lines) in service.binds() {
            let name = source.rsplit('/').next().unwrap_or(source);
            if ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"].contains(&name) {
                hits.at(lines, format!("{service} has {source}"));
            }
        }
    }
}
