//! The default service account is given rights
//!
//! Every pod that names no other account has it, and so these rights.
//!
//! # Fix
//!
//! Make a service account for the workload that needs them.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: RoleBinding
//! metadata:
//!   name: helpers
//! roleRef:
//!   apiGroup: rbac.authorization.k8s.io
//!   kind: ClusterRole
//!   name: view
//! subjects:
//!   - kind: ServiceAccount
//!     name: default
//!     namespace: shop
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: RoleBinding
//! metadata:
//!   name: helpers
//! roleRef:
//!   apiGroup: rbac.authorization.k8s.io
//!   kind: ClusterRole
//!   name: view
//! subjects:
//!   - kind: ServiceAccount
//!     name: web
//!     namespace: shop
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::subjects;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS048",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks048_default_service_account.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for binding in manifest.objects.iter().filter(|object| object.is_binding()) {
        for (kind, name, subject) in subjects(binding) {
            if kind == "ServiceAccount" && name == "default" {
                hits.at(subject.lines, format!("{binding} gives rights to a default account"));
            }
        }
    }
}
