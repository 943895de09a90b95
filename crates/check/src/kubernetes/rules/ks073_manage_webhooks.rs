//! A role lets its holders change admission
//!
//! An admission webhook sees every object, secrets included, and can change it; without one,
//! what it forbade is allowed.
//!
//! # Fix
//!
//! Leave webhooks to the administrators of the cluster.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata:
//!   name: helper
//! rules:
//!   - apiGroups: [admissionregistration.k8s.io]
//!     resources: [validatingwebhookconfigurations]
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
//!   - apiGroups: [admissionregistration.k8s.io]
//!     resources: [validatingwebhookconfigurations]
//!     verbs: [get]
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::rbac::CHANGE;
use crate::kubernetes::rbac::Permission;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS073",
    aliases: &[
        "KSV-0114",
        "KSV114",
        "AVD-KSV-0114",
        "no-manage-webhook",
        "kubernetes-no-manage-webhook",
    ],
    severity: Severity::Critical,
    file: include_str!("ks073_manage_webhooks.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for permission in Permission::all(manifest) {
        if permission.names(&["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
            && permission.permits(CHANGE)
        {
            hits.at(
                permission.lines(),
                format!("{} lets its holders change admission", permission.role),
            );
        }
    }
}
