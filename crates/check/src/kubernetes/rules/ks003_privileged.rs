//! A container is privileged
//!
//! A privileged container has every capability, every device of its node, and none of the
//! profiles that hold others. Whoever takes it has the node.
//!
//! # Fix
//!
//! Remove `privileged: true` and add the one capability or device that is needed.
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
//!       securityContext:
//!         privileged: true
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   initContainers:
//!     - name: sysctl
//!       image: registry.example/tools:3
//!       securityContext:
//!         privileged: true
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
//!       securityContext:
//!         privileged: false
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
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS003",
    aliases: &[
        "KSV-0017",
        "KSV017",
        "AVD-KSV-0017",
        "no-privileged-containers",
        "kubernetes-no-privileged-containers",
    ],
    severity: Severity::High,
    file: include_str!("ks003_privileged.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if let Some(node) = container.own_context("privileged").filter(|node| node.is_true()) {
            hits.at(node.lines, format!("{container} is privileged"));
        }
    }
}
