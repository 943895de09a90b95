//! A pod uses its node's network
//!
//! The pod reaches services that listen on the node alone, sees the traffic of other pods, and
//! no network policy holds it.
//!
//! # Fix
//!
//! Remove `hostNetwork`. Publish ports through a Service.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   hostNetwork: true
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```
//!
//! ```yaml
//! apiVersion: batch/v1
//! kind: CronJob
//! metadata:
//!   name: nightly
//! spec:
//!   schedule: "0 3 * * *"
//!   jobTemplate:
//!     spec:
//!       template:
//!         spec:
//!           hostNetwork: true
//!           containers:
//!             - name: nightly
//!               image: registry.example/nightly:2
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
//!   hostNetwork: false
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
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS002",
    aliases: &[
        "KSV-0009",
        "KSV009",
        "AVD-KSV-0009",
        "no-host-network",
        "kubernetes-no-host-network",
    ],
    severity: Severity::High,
    file: include_str!("ks002_host_network.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(value) = pod.spec.get("hostNetwork").filter(|value| value.is_true()) {
            hits.at(value.lines, format!("{pod} uses its node's network"));
        }
    }
}
