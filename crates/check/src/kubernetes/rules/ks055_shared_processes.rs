//! The containers of a pod see each other's processes
//!
//! Each can read the others' environment and files through `/proc`, secrets included.
//!
//! # Fix
//!
//! Remove `shareProcessNamespace`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   shareProcessNamespace: true
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
//!           shareProcessNamespace: true
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
//!   shareProcessNamespace: false
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
    id: "KS055",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks055_shared_processes.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(value) = pod.spec.get("shareProcessNamespace").filter(|value| value.is_true()) {
            hits.at(value.lines, format!("{pod} shares its processes among its containers"));
        }
    }
}
