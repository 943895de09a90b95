//! A role lets its holders make tokens
//!
//! With `create` on `serviceaccounts/token` they are every service account they like.
//!
//! # Fix
//!
//! Name the service accounts by `resourceNames`.
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
//!     resources: [serviceaccounts/token]
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
//!     resources: [serviceaccounts/token]
//!     verbs: [create]
//!     resourceNames: [web]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS078",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks078_create_tokens.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["serviceaccounts/token"])
            && permission.permits(&["create"])
            && !permission.is_limited()
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders make tokens of any account", permission.role),
            );
        }
    }
}
