//! A role gives access to the secrets of the cluster
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
//! kind: ClusterRole
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
//! kind: ClusterRole
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
    id: "KS061",
    aliases: &[
        "KSV-0041",
        "KSV041",
        "AVD-KSV-0041",
        "no-manage-secrets",
        "kubernetes-no-manage-secrets",
    ],
    severity: Severity::Critical,
    file: include_str!("ks061_secrets_of_cluster.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    Permission::of_secrets(manifest, "ClusterRole", hits);
}
