//! A role lets its holders attach to pods
//!
//! They then have all that those pods have: data, secrets and the tokens of service accounts.
//!
//! # Fix
//!
//! Remove it from roles that are held every day.
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
//!     resources: [pods/attach]
//!     verbs: [create]
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
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS067",
    aliases: &[
        "KSV-0054",
        "KSV054",
        "AVD-KSV-0054",
        "no-attaching-shell-pods",
        "kubernetes-no-attaching-shell-pods",
    ],
    severity: Severity::High,
    file: include_str!("ks067_pods_attach.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["pods/attach"])
            && (permission.permits(CHANGE) || permission.permits(&["get", "impersonate"]))
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders attach to pods", permission.role),
            );
        }
    }
}
