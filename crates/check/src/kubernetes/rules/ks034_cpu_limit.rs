//! A container has no limit of processor time
//!
//! One that spins, or that mines, takes the time of all others on the node.
//!
//! # Fix
//!
//! Set `resources.limits.cpu`.
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
//!           cpu: 500m
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::Role;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS034",
    aliases: &["KSV-0011", "KSV011", "AVD-KSV-0011", "limit-cpu", "kubernetes-limit-cpu"],
    severity: Severity::Low,
    file: include_str!("ks034_cpu_limit.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.role != Role::Ephemeral && container.resource("limits", "cpu").is_none() {
            hits.at(container.lines(), format!("{container} has no cpu limit"));
        }
    }
}
