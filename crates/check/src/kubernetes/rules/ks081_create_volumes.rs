//! A role lets its holders mount any folder of a node
//!
//! A persistent volume may be a host path, past what Pod Security Standards see.
//!
//! # Fix
//!
//! Leave persistent volumes to their provisioner.
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
//!     resources: [persistentvolumes]
//!     verbs: [create]
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
//!     resources: [persistentvolumes]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS081",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks081_create_volumes.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["persistentvolumes"]) && permission.permits(&["create"]) {
            hits.at(
                permission.lines(),
                format!("{} lets its holders make persistent volumes", permission.role),
            );
        }
    }
}
