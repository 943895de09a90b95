//! A container has no limit of memory
//!
//! One that leaks takes the memory of all others, until the node kills some of them.
//!
//! # Fix
//!
//! Set `resources.limits.memory`.
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
//!         limits:
//!           memory: 256Mi
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::Role;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS035",
    aliases: &["KSV-0018", "KSV018", "AVD-KSV-0018", "limit-memory", "kubernetes-limit-memory"],
    severity: Severity::Low,
    file: include_str!("ks035_memory_limit.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.role != Role::Ephemeral && container.resource("limits", "memory").is_none() {
            hits.at(container.lines(), format!("{container} has no memory limit"));
        }
    }
}
