//! Nothing is said about a container's security
//!
//! All defaults apply, and they are those of the least secure image: root, a writable root file
//! system, a dozen capabilities.
//!
//! # Fix
//!
//! Give the pod or the container a `securityContext`.
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
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext: {}
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
//!       securityContext:
//!         runAsNonRoot: true
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS044",
    aliases: &[
        "KSV-0118",
        "KSV118",
        "AVD-KSV-0118",
        "no-default-security-context",
        "kubernetes-no-default-security-context",
    ],
    severity: Severity::High,
    file: include_str!("ks044_no_security_context.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let contexts = [container.node, container.pod.spec].map(|node| node.get("securityContext"));
        if contexts.into_iter().flatten().all(Node::is_empty) {
            hits.at(container.lines(), format!("{container} has no security context"));
        }
    }
}
