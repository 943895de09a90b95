//! A container asks for no memory
//!
//! The scheduler then puts it where there may be none, and it is killed first.
//!
//! # Fix
//!
//! Set `resources.requests.memory`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       resources:
//!         requests:
//!           memory: 256Mi
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::Role;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS037",
    aliases: &[
        "KSV-0016",
        "KSV016",
        "AVD-KSV-0016",
        "no-unspecified-memory-requests",
        "kubernetes-no-unspecified-memory-requests",
    ],
    severity: Severity::Low,
    file: include_str!("ks037_memory_request.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.role != Role::Ephemeral && container.resource("requests", "memory").is_none() {
            hits.at(container.lines(), format!("{container} has no memory request"));
        }
    }
}
