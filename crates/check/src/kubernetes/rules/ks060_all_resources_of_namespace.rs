//! A role is about all resources of a namespace
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
//! kind: Role
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
//! kind: Role
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
    id: "KS060",
    aliases: &[
        "KSV-0112",
        "KSV112",
        "AVD-KSV-0112",
        "no-wildcard-resource-role",
        "kubernetes-no-wildcard-resource-role",
    ],
    severity: Severity::Critical,
    file: include_str!("ks060_all_resources_of_namespace.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.role.kind() == "Role" && permission.is_about_all() {
            hits.at(permission.lines(), format!("{} is about all resources", permission.role));
        }
    }
}
