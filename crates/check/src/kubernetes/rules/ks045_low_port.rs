//! A container listens on a port below 1024
//!
//! Such a port asks for root or a capability, and a Service can offer any port to the outside
//! all the same.
//!
//! # Fix
//!
//! Listen on a port above 1023 and let the Service map it.
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
//!       ports:
//!         - containerPort: 80
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
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       ports:
//!         - containerPort: 8080
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS045",
    aliases: &[
        "KSV-0117",
        "KSV117",
        "AVD-KSV-0117",
        "no-privilege-port-binding",
        "kubernetes-no-privilege-port-binding",
    ],
    severity: Severity::Medium,
    file: include_str!("ks045_low_port.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for port in container.ports() {
            let Some(node) = port.get("containerPort") else { continue };
            if let Some(number) = node.integer().filter(|number| *number < 1024) {
                hits.at(node.lines, format!("{container} listens on port {number}"));
            }
        }
    }
}
