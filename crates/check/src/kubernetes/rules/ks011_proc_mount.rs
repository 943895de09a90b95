//! The masks over `/proc` are taken off
//!
//! Runtimes hide what in `/proc` belongs to the kernel of the node. With `procMount: Unmasked`
//! a container can read it, and some of it can be written.
//!
//! # Fix
//!
//! Remove `procMount`.
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
//!       securityContext:
//!         procMount: Unmasked
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
//!       securityContext:
//!         procMount: Default
//! ```
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

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS011",
    aliases: &[
        "KSV-0027",
        "KSV027",
        "AVD-KSV-0027",
        "no-custom-proc-mask",
        "kubernetes-no-custom-proc-mask",
    ],
    severity: Severity::Medium,
    file: include_str!("ks011_proc_mount.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if let Some(node) = container.own_context("procMount")
            && node.text().is_some_and(|mount| mount != "Default")
        {
            hits.at(node.lines, format!("{container} sees all of /proc"));
        }
    }
}
