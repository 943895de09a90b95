//! A role is bound to everyone who is logged in
//!
//! On some platforms anybody with an account of the provider is logged in.
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
//!   - kind: Group
//!     name: system:authenticated
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
    id: "KS077",
    aliases: &[
        "KSV-0123",
        "KSV123",
        "AVD-KSV-0123",
        "no-system-authenticated-group-bind",
        "kubernetes-no-system-authenticated-group-bind",
        "KSV-01011",
        "KSV01011",
        "AVD-KSV-01011",
    ],
    severity: Severity::Critical,
    file: include_str!("ks077_authenticated_binding.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for binding in manifest.objects.iter().filter(|object| object.is_binding()) {
        for (_, name, subject) in subjects(binding) {
            if ["system:authenticated"].contains(&name) {
                hits.at(subject.lines, format!("{binding} gives rights to {name}"));
            }
        }
    }
}
