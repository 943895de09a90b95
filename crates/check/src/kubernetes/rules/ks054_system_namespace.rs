//! A workload is in a namespace of the cluster itself
//!
//! Rights are wider there, and what holds other workloads is often switched off.
//!
//! # Fix
//!
//! Use a namespace of your own.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   namespace: kube-system
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
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   namespace: kube-system
//!   labels:
//!     tier: control-plane
//!     component: etcd
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS054",
    aliases: &[
        "KSV-0037",
        "KSV037",
        "AVD-KSV-0037",
        "no-user-pods-in-system-namespace",
        "kubernetes-no-user-pods-in-system-namespace",
    ],
    severity: Severity::Medium,
    file: include_str!("ks054_system_namespace.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let namespace = pod.object.namespace().unwrap_or_default();
        let is_system = matches!(namespace, "kube-system" | "kube-public" | "kube-node-lease");
        let label = |name| pod.object.node.text_at(&["metadata", "labels", name]);
        let is_core = label("tier") == Some("control-plane")
            && label("component").is_some_and(|name| CORE.contains(&name));
        if is_system && !is_core {
            hits.at(pod.object.head(), format!("{pod} is in {namespace}"));
        }
    }
}

const CORE: [&str; 4] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
