//! An Ingress serves without TLS
//!
//! Passwords and sessions cross the network for all on the way to read.
//!
//! # Fix
//!
//! Set `spec.tls`, or say by annotation where TLS ends.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: Ingress
//! metadata:
//!   name: web
//! spec:
//!   rules:
//!     - host: web.example
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: Ingress
//! metadata:
//!   name: web
//! spec:
//!   tls:
//!     - hosts: [web.example]
//!       secretName: web-tls
//!   rules:
//!     - host: web.example
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS088",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks088_ingress_without_tls.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for ingress in manifest.of_kind("Ingress") {
        let Some(spec) = ingress.at(&["spec"]) else { continue };
        let annotations = ingress.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
        let ends_elsewhere = annotations.iter().any(|entry| {
            ["certificate-arn", "pre-shared-cert", "managed-certificates", "ssl-certificate"]
                .iter()
                .any(|name| entry.key.contains(name))
        });
        if spec.get("tls").is_none_or(Node::is_empty) && !ends_elsewhere {
            hits.at(spec.lines, format!("{ingress} serves without TLS"));
        }
    }
}
