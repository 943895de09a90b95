//! A role lets its holders act as others
//!
//! Whoever may impersonate groups is `system:masters` when they like.
//!
//! # Fix
//!
//! Remove the verb, or name those who may be impersonated by `resourceNames`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [""]
//!     resources: [groups]
//!     verbs: [impersonate]
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [""]
//!     resources: [pods]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS065",
    aliases: &[
        "KSV-0043",
        "KSV043",
        "AVD-KSV-0043",
        "no-impersonate-privileged-groups",
        "kubernetes-no-impersonate-privileged-groups",
    ],
    severity: Severity::Critical,
    file: include_str!("ks065_impersonate.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.has("apiGroups", &["", "*", "authentication.k8s.io"])
            && permission.names(&["users", "groups", "serviceaccounts", "uids"])
            && permission.permits(&["impersonate"])
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders act as others", permission.role),
            );
        }
    }
}
