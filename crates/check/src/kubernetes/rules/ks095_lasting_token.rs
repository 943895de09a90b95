//! A token of a service account is made to last
//!
//! A Secret of this type holds a token that never expires.
//!
//! # Fix
//!
//! Have tokens projected into pods, or made with `kubectl create token`: these expire.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Secret
//! metadata:
//!   name: ci
//!   annotations:
//!     kubernetes.io/service-account.name: ci
//! type: kubernetes.io/service-account-token
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Secret
//! metadata:
//!   name: ci
//! type: Opaque
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS095",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks095_lasting_token.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for secret in manifest.of_kind("Secret") {
        let Some(kind) = secret.at(&["type"]) else { continue };
        if kind.text() == Some("kubernetes.io/service-account-token") {
            hits.at(kind.lines, format!("{secret} holds a token that does not expire"));
        }
    }
}
