//! A role lets its holders run anything
//!
//! Who makes pods chooses what runs, as which service account, and, unless admission forbids,
//! on which node and with what of it.
//!
//! # Fix
//!
//! Permit `get`, `list` and `watch` where that is enough, and enforce a Pod Security Standard.
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
//!     resources: [pods]
//!     verbs: [create]
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
//!     verbs: [get, list, watch]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS070",
    aliases: &[
        "KSV-0048",
        "KSV048",
        "AVD-KSV-0048",
        "deny-create-update-malicious-pod",
        "kubernetes-deny-create-update-malicious-pod",
    ],
    severity: Severity::Medium,
    file: include_str!("ks070_manage_workloads.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(WORKLOADS)
            && (permission.permits(CHANGE) || permission.permits(&["impersonate"]))
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders change workloads", permission.role),
            );
        }
    }
}

const WORKLOADS: &[&str] = &[
    "pods",
    "deployments",
    "jobs",
    "cronjobs",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "replicationcontrollers",
];
