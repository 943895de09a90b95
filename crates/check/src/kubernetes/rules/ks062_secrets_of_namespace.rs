//! A role gives access to the secrets of a namespace
//!
//! Secrets hold passwords and tokens, tokens of service accounts with more rights among them.
//! `list` and `watch` show their values as `get` does.
//!
//! # Fix
//!
//! Mount the secrets that a workload needs, or permit `get` of those few by `resourceNames`.
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
//!     resources: [secrets]
//!     verbs: [get, list]
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
//!     resources: [configmaps]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS062",
    aliases: &[
        "KSV-0113",
        "KSV113",
        "AVD-KSV-0113",
        "no-manage-ns-secrets",
        "kubernetes-no-manage-ns-secrets",
    ],
    severity: Severity::Medium,
    file: include_str!("ks062_secrets_of_namespace.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    Permission::of_secrets(manifest, "Role", hits);
}
