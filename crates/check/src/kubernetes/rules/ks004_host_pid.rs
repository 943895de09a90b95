//! A pod sees its node's processes
//!
//! Processes of the node and of other pods can be watched, their environment read, and with the
//! right capability they can be taken over.
//!
//! # Fix
//!
//! Remove `hostPID`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   hostPID: true
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
//!           hostPID: true
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
//!   hostPID: false
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
    id: "KS004",
    aliases: &[
        "KSV-0010",
        "KSV010",
        "AVD-KSV-0010",
        "no-shared-pid-namespace",
        "kubernetes-no-shared-pid-namespace",
    ],
    severity: Severity::High,
    file: include_str!("ks004_host_pid.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(value) = pod.spec.get("hostPID").filter(|value| value.is_true()) {
            hits.at(value.lines, format!("{pod} sees its node's processes"));
        }
    }
}
