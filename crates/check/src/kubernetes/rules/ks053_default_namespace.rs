//! A workload is in the default namespace
//!
//! Rights, quotas and network policies are given by namespace. What is in `default` shares them
//! with all that nobody placed.
//!
//! # Fix
//!
//! Set `metadata.namespace`.
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
//!   namespace: default
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
//!   namespace: shop
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS053",
    aliases: &[
        "KSV-0110",
        "KSV110",
        "AVD-KSV-0110",
        "default-namespace-should-not-be-used",
        "kubernetes-default-namespace-should-not-be-used",
    ],
    severity: Severity::Low,
    file: include_str!("ks053_default_namespace.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for object in &manifest.objects {
        let is_placed =
            object.pod().is_some() || matches!(object.kind(), "Service" | "ConfigMap" | "Secret");
        if is_placed && matches!(object.namespace(), None | Some("" | "default")) {
            hits.at(object.head(), format!("{object} is in the default namespace"));
        }
    }
}
