//! A role lets its holders redirect traffic
//!
//! Services and ingresses decide which pod gets a request, network policies who may send one.
//!
//! # Fix
//!
//! Permit `get`, `list` and `watch` only.
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
//!     resources: [services]
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
//!     resources: [services]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS072",
    aliases: &[
        "KSV-0056",
        "KSV056",
        "AVD-KSV-0056",
        "no-manage-networking-resources",
        "kubernetes-no-manage-networking-resources",
    ],
    severity: Severity::High,
    file: include_str!("ks072_manage_network.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(NETWORK)
            && (permission.permits(CHANGE) || permission.permits(&["impersonate"]))
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders redirect traffic", permission.role),
            );
        }
    }
}

const NETWORK: &[&str] =
    &["services", "endpoints", "endpointslices", "networkpolicies", "ingresses"];
