//! A namespace enforces no Pod Security Standard
//!
//! Pods in it may be privileged and mount what they like.
//!
//! # Fix
//!
//! Label it `pod-security.kubernetes.io/enforce: restricted`, or `baseline`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//!   labels:
//!     pod-security.kubernetes.io/enforce: privileged
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Namespace
//! metadata:
//!   name: shop
//!   labels:
//!     pod-security.kubernetes.io/enforce: restricted
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS090",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks090_namespace_without_standard.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for namespace in manifest.of_kind("Namespace") {
        let label = "pod-security.kubernetes.io/enforce";
        let level = namespace.at(&["metadata", "labels", label]).and_then(Node::text);
        if !matches!(level, Some("baseline" | "restricted")) {
            hits.at(namespace.head(), format!("{namespace} enforces no standard"));
        }
    }
}
