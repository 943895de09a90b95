//! An object is of an API that was removed
//!
//! Clusters of today refuse it, and what it was to secure is not.
//!
//! # Fix
//!
//! Write it for the API that took its place.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: policy/v1beta1
//! kind: PodSecurityPolicy
//! metadata:
//!   name: restricted
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata:
//!   name: web
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS094",
    aliases: &[
        "KSV-0107",
        "KSV107",
        "AVD-KSV-0107",
        "evaluate-k8s-deprecated-removed-apis",
        "kubernetes-evaluate-k8s-deprecated-removed-apis",
    ],
    severity: Severity::Low,
    file: include_str!("ks094_removed_api.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for object in &manifest.objects {
        let api = (object.api_version(), object.kind());
        if let Some((_, _, since)) =
            REMOVED.iter().find(|(version, kind, _)| (*version, *kind) == api)
        {
            let message = format!("{object} is of {}, which Kubernetes {since} removed", api.0);
            hits.at(object.head(), message);
        }
    }
}

/// API, kind, and the version of Kubernetes that no longer has it
/// (<https://kubernetes.io/docs/reference/using-api/deprecation-guide/>).
const REMOVED: [(&str, &str, &str); 20] = [
    ("extensions/v1beta1", "Deployment", "1.16"),
    ("extensions/v1beta1", "DaemonSet", "1.16"),
    ("extensions/v1beta1", "ReplicaSet", "1.16"),
    ("extensions/v1beta1", "NetworkPolicy", "1.16"),
    ("extensions/v1beta1", "PodSecurityPolicy", "1.16"),
    ("apps/v1beta1", "Deployment", "1.16"),
    ("apps/v1beta1", "StatefulSet", "1.16"),
    ("apps/v1beta2", "Deployment", "1.16"),
    ("apps/v1beta2", "DaemonSet", "1.16"),
    ("apps/v1beta2", "StatefulSet", "1.16"),
    ("extensions/v1beta1", "Ingress", "1.22"),
    ("networking.k8s.io/v1beta1", "Ingress", "1.22"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "1.22"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", "1.22"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", "1.22"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "1.22"),
    ("batch/v1beta1", "CronJob", "1.25"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25"),
    ("policy/v1beta1", "PodSecurityPolicy", "1.25"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26"),
];
