//! A role lets its holders give themselves rights
//!
//! `escalate` and `bind` skip the check that nobody gives away more than they have.
//!
//! # Fix
//!
//! Remove the verbs, or name the roles that may be bound by `resourceNames`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [rbac.authorization.k8s.io]
//!     resources: [clusterroles]
//!     verbs: [bind]
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
//!   - apiGroups: [rbac.authorization.k8s.io]
//!     resources: [clusterroles]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS063",
    aliases: &[
        "KSV-0050",
        "KSV050",
        "AVD-KSV-0050",
        "no-manage-rbac-resources",
        "kubernetes-no-manage-rbac-resources",
        "no-privilege-escalation-rbac",
        "kubernetes-no-privilege-escalation-rbac",
    ],
    severity: Severity::Critical,
    file: include_str!("ks063_escalate.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["roles", "clusterroles", "rolebindings", "clusterrolebindings"])
            && permission.permits(&["escalate", "bind", "impersonate"])
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders give themselves rights", permission.role),
            );
        }
    }
}
