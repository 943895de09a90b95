//! A role permits everything
//!
//! Whoever has it is the administrator, of the cluster or of a namespace.
//!
//! # Fix
//!
//! Name the resources and the verbs that are needed.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: ["*"]
//!     resources: ["*"]
//!     verbs: ["*"]
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
    id: "KS057",
    aliases: &[
        "KSV-0044",
        "KSV044",
        "AVD-KSV-0044",
        "no-wildcard-verb-resource-role",
        "kubernetes-no-wildcard-verb-resource-role",
    ],
    severity: Severity::Critical,
    file: include_str!("ks057_wildcard_all.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.is_about_all() && permission.permits_all() {
            hits.at(permission.lines(), format!("{} permits everything", permission.role));
        }
    }
}
