//! A role lets its holders change configuration
//!
//! Workloads do what their ConfigMaps say, and some of these are scripts.
//!
//! # Fix
//!
//! Remove the verbs that change, or name the ConfigMaps by `resourceNames`.
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
//!     resources: [configmaps]
//!     verbs: [update]
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
//!     resources: [configmaps]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS071",
    aliases: &[
        "KSV-0049",
        "KSV049",
        "AVD-KSV-0049",
        "no-manage-configmaps",
        "kubernetes-no-manage-configmaps",
    ],
    severity: Severity::Medium,
    file: include_str!("ks071_manage_config_maps.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["configmaps"])
            && (permission.permits(CHANGE) || permission.permits(&["impersonate"]))
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders change ConfigMaps", permission.role),
            );
        }
    }
}
