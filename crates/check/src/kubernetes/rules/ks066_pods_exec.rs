//! A role lets its holders run commands in pods
//!
//! They then have all that those pods have: data, secrets and the tokens of service accounts.
//!
//! # Fix
//!
//! Remove it from roles that are held every day.
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
//!     resources: [pods/exec]
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
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS066",
    aliases: &[
        "KSV-0053",
        "KSV053",
        "AVD-KSV-0053",
        "no-getting-shell-pods",
        "kubernetes-no-getting-shell-pods",
    ],
    severity: Severity::High,
    file: include_str!("ks066_pods_exec.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["pods/exec"])
            && (permission.permits(CHANGE) || permission.permits(&["get", "impersonate"]))
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders run commands in pods", permission.role),
            );
        }
    }
}
