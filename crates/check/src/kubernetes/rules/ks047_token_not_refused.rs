//! A pod does not refuse the token of its service account
//!
//! Unless the service account says otherwise, the token is mounted into every container, needed
//! or not.
//!
//! # Fix
//!
//! Set `automountServiceAccountToken: false`, unless the pod asks the Kubernetes API.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   automountServiceAccountToken: false
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS047",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks047_token_not_refused.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if pod.spec.get("automountServiceAccountToken").is_none() {
            hits.at(pod.object.head(), format!("{pod} does not refuse the token"));
        }
    }
}
