//! Nothing asks whether a container is alive
//!
//! Nobody notices that it hangs, and it is not started again.
//!
//! # Fix
//!
//! Set `livenessProbe`.
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
//!       livenessProbe:
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
    id: "KS039",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks039_liveness_probe.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.is_service() && container.node.get("livenessProbe").is_none() {
            hits.at(container.lines(), format!("{container} has no liveness probe"));
        }
    }
}
