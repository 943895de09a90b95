//! A namespace has no network policy
//!
//! Every pod of the cluster then reaches every pod in it.
//!
//! # Fix
//!
//! Add a policy that denies all (`podSelector: {}`) and others that permit what is needed. The
//! rule looks at the files it was given together only: at what one file or one rendered chart
//! holds.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//! ---
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
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//! ---
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   namespace: shop
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ---
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata:
//!   name: web
//!   namespace: shop
//! spec:
//!   podSelector: {}
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS085",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks085_namespace_without_policy.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    let used: BTreeSet<&str> = manifest.pods().filter_map(|pod| pod.object.namespace()).collect();
    let held: BTreeSet<&str> =
        manifest.of_kind("NetworkPolicy").filter_map(|policy| policy.namespace()).collect();
    // Policies of network plug-ins may be about the whole cluster.
    let has_other = manifest
        .objects
        .iter()
        .any(|object| object.kind().ends_with("NetworkPolicy") && object.kind() != "NetworkPolicy");
    for namespace in manifest.of_kind("Namespace") {
        let name = namespace.name();
        if used.contains(name) && !held.contains(name) && !has_other {
            hits.at(namespace.head(), format!("{namespace} has workloads and no network policy"));
        }
    }
}
