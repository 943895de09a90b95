//! A role is bound to everyone, logged in or not
//!
//! Whoever reaches the API server has these rights, without a name.
//!
//! # Fix
//!
//! Bind it to those who need it.
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
//!   name: view
//! subjects:
//!   - kind: User
//!     name: system:anonymous
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
//!   - kind: Group
//!     name: developers
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::subjects;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS076",
    aliases: &[
        "KSV-0122",
        "KSV122",
        "AVD-KSV-0122",
        "no-anonymous-user-bind",
        "kubernetes-no-anonymous-user-bind",
    ],
    severity: Severity::Critical,
    file: include_str!("ks076_anonymous_binding.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for binding in manifest.objects.iter().filter(|object| object.is_binding()) {
        for (_, name, subject) in subjects(binding) {
            if ["system:anonymous", "system:unauthenticated"].contains(&name) {
                hits.at(subject.lines, format!("{binding} gives rights to {name}"));
            }
        }
    }
}
