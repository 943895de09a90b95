//! The role of an administrator is bound
//!
//! `cluster-admin` permits everything, `admin` and `edit` nearly so in a namespace, secrets and
//! pods included.
//!
//! # Fix
//!
//! Bind a role that permits what is needed.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRoleBinding
//! metadata:
//!   name: helpers
//! roleRef:
//!   apiGroup: rbac.authorization.k8s.io
//!   kind: ClusterRole
//!   name: cluster-admin
//! subjects:
//!   - kind: User
//!     name: jane
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRoleBinding
//! metadata:
//!   name: helpers
//! roleRef:
//!   apiGroup: rbac.authorization.k8s.io
//!   kind: ClusterRole
//!   name: view
//! subjects:
//!   - kind: User
//!     name: jane
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS075",
    aliases: &["KSV-0111", "KSV111", "AVD-KSV-0111"],
    severity: Severity::High,
    file: include_str!("ks075_cluster_admin.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for binding in manifest.objects.iter().filter(|object| object.is_binding()) {
        let Some(role) = binding.at(&["roleRef", "name"]) else { continue };
        if let Some(name) =
            role.text().filter(|name| ["cluster-admin", "admin", "edit"].contains(name))
        {
            hits.at(role.lines, format!("{binding} binds {name}"));
        }
    }
}
