//! A container may run as root
//!
//! Root in a container is root on the node as soon as one wall between them has a hole.
//! `runAsNonRoot` makes the kubelet refuse to start an image that would be root.
//!
//! # Fix
//!
//! Set `runAsNonRoot: true` on the pod or on every container, and give the image a user.
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
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         runAsNonRoot: false
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
//!         runAsNonRoot: true
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS017",
    aliases: &["KSV-0012", "KSV012", "AVD-KSV-0012", "no-root", "kubernetes-no-root"],
    severity: Severity::Medium,
    file: include_str!("ks017_run_as_non_root.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.context("runAsNonRoot");
        if !option.is_some_and(Node::is_true) {
            let own = container.own_context("runAsNonRoot");
            let lines = own.map_or(container.lines(), |option| option.lines);
            hits.at(lines, format!("{container} may run as root"));
        }
    }
}
