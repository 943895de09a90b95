//! A role lets its holders delete logs
//!
//! Logs are what shows that somebody was there.
//!
//! # Fix
//!
//! Permit `get` of `pods/log` only.
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
//!     resources: [pods/log]
//!     verbs: [delete]
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
//!     resources: [pods/log]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS068",
    aliases: &[
        "KSV-0042",
        "KSV042",
        "AVD-KSV-0042",
        "no-delete-pod-logs",
        "kubernetes-no-delete-pod-logs",
    ],
    severity: Severity::Medium,
    file: include_str!("ks068_delete_logs.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["pods/log"]) && permission.permits(&["delete", "deletecollection"]) {
            hits.at(
                permission.lines(),
                format!("{} lets its holders delete logs", permission.role),
            );
        }
    }
}
