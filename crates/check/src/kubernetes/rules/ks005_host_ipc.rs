//! A pod shares its node's memory segments
//!
//! Shared memory and message queues of the node and of other pods that do the same can be read
//! and written.
//!
//! # Fix
//!
//! Remove `hostIPC`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   hostIPC: true
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
//!           hostIPC: true
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
//!   hostIPC: false
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
    id: "KS005",
    aliases: &[
        "KSV-0008",
        "KSV008",
        "AVD-KSV-0008",
        "no-shared-ipc-namespace",
        "kubernetes-no-shared-ipc-namespace",
    ],
    severity: Severity::High,
    file: include_str!("ks005_host_ipc.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(value) = pod.spec.get("hostIPC").filter(|value| value.is_true()) {
            hits.at(value.lines, format!("{pod} shares its node's memory segments"));
        }
    }
}
