//! An Ingress carries configuration of the proxy
//!
//! A snippet is put into the configuration of ingress-nginx as it is: it can read the secrets
//! of all namespaces (CVE-2021-25742).
//!
//! # Fix
//!
//! Use the annotations made for the purpose, and keep `allow-snippet-annotations` off.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: Ingress
//! metadata:
//!   name: web
//!   annotations:
//!     nginx.ingress.kubernetes.io/configuration-snippet: |
//!       return 200;
//! spec: {}
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: Ingress
//! metadata:
//!   name: web
//!   annotations:
//!     nginx.ingress.kubernetes.io/rewrite-target: /
//! spec: {}
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS089",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks089_ingress_snippet.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for ingress in manifest.of_kind("Ingress") {
        for entry in ingress.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries) {
            if entry.key.starts_with("nginx.") && entry.key.ends_with("-snippet") {
                hits.at(entry.lines, format!("{ingress} carries configuration of the proxy"));
            }
        }
    }
}
