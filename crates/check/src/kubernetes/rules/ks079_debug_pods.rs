//! A role lets its holders put containers into running pods
//!
//! An ephemeral container has its pod's namespaces and service account, and may be privileged
//! where admission does not look.
//!
//! # Fix
//!
//! Give it to those on call, for the time they are.
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
//!     resources: [pods/ephemeralcontainers]
//!     verbs: [patch]
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
    id: "KS079",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks079_debug_pods.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["pods/ephemeralcontainers"])
            && permission.permits(&["patch", "update", "create"])
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders put containers into running pods", permission.role),
            );
        }
    }
}
