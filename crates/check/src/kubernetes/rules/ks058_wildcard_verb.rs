//! A role permits every verb on a resource that matters
//!
//! All verbs include those that nobody thought of: `deletecollection`, `impersonate`,
//! `escalate`, and those still to come.
//!
//! # Fix
//!
//! Name the verbs that are needed.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: Role
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [""]
//!     resources: [secrets]
//!     verbs: ["*"]
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: Role
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [""]
//!     resources: [pods]
//!     verbs: [get, list]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS058",
    aliases: &[
        "KSV-0045",
        "KSV045",
        "AVD-KSV-0045",
        "no-wildcard-verb-role",
        "kubernetes-no-wildcard-verb-role",
    ],
    severity: Severity::Critical,
    file: include_str!("ks058_wildcard_verb.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.permits_all() && permission.names(SENSITIVE) {
            hits.at(permission.lines(), format!("{} permits every verb", permission.role));
        }
    }
}

/// Resources on which verbs give more than the resource itself.
const SENSITIVE: &[&str] = &[
    "secrets",
    "pods",
    "deployments",
    "daemonsets",
    "statefulsets",
    "replicationcontrollers",
    "replicasets",
    "cronjobs",
    "jobs",
    "roles",
    "clusterroles",
    "rolebindings",
    "clusterrolebindings",
    "users",
    "groups",
    "serviceaccounts",
    "nodes",
    "namespaces",
    "persistentvolumes",
];
