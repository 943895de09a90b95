//! A role lets its holders approve certificates
//!
//! A client certificate can carry any name and group, and cannot be taken back.
//!
//! # Fix
//!
//! Leave approval to the controllers that do it.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [certificates.k8s.io]
//!     resources: [certificatesigningrequests/approval]
//!     verbs: [update]
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
//!   - apiGroups: [certificates.k8s.io]
//!     resources: [certificatesigningrequests]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS080",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks080_approve_certificates.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["certificatesigningrequests/approval", "signers"])
            && permission.permits(&["update", "patch", "approve"])
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders approve certificates", permission.role),
            );
        }
    }
}
