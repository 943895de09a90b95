//! A role is about all resources of the cluster
//!
//! Secrets are among them, and pods, and resources that are yet to be defined.
//!
//! # Fix
//!
//! Name the resources that are needed.
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
//!     resources: ["*"]
//!     verbs: [get]
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
    id: "KS059",
    aliases: &[
        "KSV-0046",
        "KSV046",
        "AVD-KSV-0046",
        "no-wildcard-resource-clusterrole",
        "kubernetes-no-wildcard-resource-clusterrole",
    ],
    severity: Severity::Critical,
    file: include_str!("ks059_all_resources_of_cluster.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.role.kind() == "ClusterRole" && permission.is_about_all() {
            hits.at(permission.lines(), format!("{} is about all resources", permission.role));
        }
    }
}
