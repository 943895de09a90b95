//! A container asks for no processor time
//!
//! The scheduler then puts it where there may be none, and it starves first.
//!
//! # Fix
//!
//! Set `resources.requests.cpu`.
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
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       resources:
//!         requests:
//!           cpu: 500m
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::Role;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS036",
    aliases: &[
        "KSV-0015",
        "KSV015",
        "AVD-KSV-0015",
        "no-unspecified-cpu-requests",
        "kubernetes-no-unspecified-cpu-requests",
    ],
    severity: Severity::Low,
    file: include_str!("ks036_cpu_request.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if container.role != Role::Ephemeral && container.resource("requests", "cpu").is_none() {
            hits.at(container.lines(), format!("{container} has no cpu request"));
        }
    }
}
