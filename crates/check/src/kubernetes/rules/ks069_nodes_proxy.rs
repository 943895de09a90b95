//! A role gives access to the kubelets
//!
//! Through `nodes/proxy` commands are run in every pod of the node, past admission and the
//! audit log.
//!
//! # Fix
//!
//! Use `nodes/metrics` and `nodes/stats` where that is what is wanted.
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
//!     resources: [nodes/proxy]
//!     verbs: [get, create]
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
//!     resources: [nodes/metrics]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS069",
    aliases: &[
        "KSV-0047",
        "KSV047",
        "AVD-KSV-0047",
        "no-privilege-escalation-from-node-proxy",
        "kubernetes-no-privilege-escalation-from-node-proxy",
    ],
    severity: Severity::High,
    file: include_str!("ks069_nodes_proxy.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["nodes/proxy"]) && permission.permits(&["get", "create"]) {
            hits.at(
                permission.lines(),
                format!("{} gives access to the kubelets", permission.role),
            );
        }
    }
}
