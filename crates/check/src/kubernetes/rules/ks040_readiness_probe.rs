//! Nothing asks whether a container is ready
//!
//! It is sent requests before it can answer them.
//!
//! # Fix
//!
//! Set `readinessProbe`.
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
//!       readinessProbe:
//!         httpGet:
//!           path: /healthz
//!           port: 8080
//! ```
//!
//! ```yaml
//! apiVersion: batch/v1
//! kind: Job
//! metadata:
//!   name: once
//! spec:
//!   template:
//!     spec:
//!       containers:
//!         - name: once
//!           image: registry.example/once:1
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS040",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks040_readiness_probe.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.is_service() && container.node.get("readinessProbe").is_none() {
            hits.at(container.lines(), format!("{container} has no readiness probe"));
        }
    }
}
