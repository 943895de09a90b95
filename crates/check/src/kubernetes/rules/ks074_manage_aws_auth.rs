//! A role lets its holders map AWS identities to groups
//!
//! The `aws-auth` ConfigMap of EKS says which AWS role is `system:masters`.
//!
//! # Fix
//!
//! Remove it, or use access entries of EKS in its place.
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
//!     resources: [configmaps]
//!     verbs: [update]
//!     resourceNames: [aws-auth]
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
//!     verbs: [update]
//!     resourceNames: [web]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS074",
    aliases: &[
        "KSV-0115",
        "KSV115",
        "AVD-KSV-0115",
        "no-manage-eks-iam-auth-configmap",
        "kubernetes-no-manage-eks-iam-auth-configmap",
    ],
    severity: Severity::Critical,
    file: include_str!("ks074_manage_aws_auth.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["configmaps"])
            && permission.has("resourceNames", &["aws-auth"])
            && permission.permits(CHANGE)
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders change aws-auth", permission.role),
            );
        }
    }
}
