//! A role lets its holders change bindings
//!
//! Who changes bindings adds others, or service accounts they control, to every role they have
//! themselves.
//!
//! # Fix
//!
//! Leave bindings to the administrators of the namespace.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: Role
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [rbac.authorization.k8s.io]
//!     resources: [rolebindings]
//!     verbs: [create, patch]
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
//!   - apiGroups: [rbac.authorization.k8s.io]
//!     resources: [rolebindings]
//!     verbs: [get, list]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS064",
    aliases: &[
        "KSV-0051",
        "KSV051",
        "AVD-KSV-0051",
        "do-not-allow-role-binding-associate-privileged-role",
        "kubernetes-do-not-allow-role-binding-associate-privileged-role",
        "KSV-0052",
        "KSV052",
        "AVD-KSV-0052",
        "do-not-allow-associate-priviledged-cluster-role",
        "kubernetes-do-not-allow-associate-priviledged-cluster-role",
        "KSV-0055",
        "KSV055",
        "AVD-KSV-0055",
        "view-all-secrets",
        "kubernetes-view-all-secrets",
    ],
    severity: Severity::High,
    file: include_str!("ks064_manage_bindings.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["rolebindings", "clusterrolebindings"]) && permission.permits(CHANGE)
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders change bindings", permission.role),
            );
        }
    }
}
