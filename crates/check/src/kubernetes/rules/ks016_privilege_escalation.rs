//! A process may gain privileges
//!
//! Without `allowPrivilegeEscalation: false` a set-user-id program in the image gives its
//! caller more rights than the container was started with.
//!
//! # Fix
//!
//! Set `securityContext.allowPrivilegeEscalation: false` on every container.
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
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         allowPrivilegeEscalation: true
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
//!         allowPrivilegeEscalation: false
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS016",
    aliases: &[
        "KSV-0001",
        "KSV001",
        "AVD-KSV-0001",
        "no-self-privesc",
        "kubernetes-no-self-privesc",
    ],
    severity: Severity::Medium,
    file: include_str!("ks016_privilege_escalation.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.own_context("allowPrivilegeEscalation");
        if !option.is_some_and(Node::is_false) {
            let lines = option.map_or(container.lines(), |option| option.lines);
            hits.at(lines, format!("{container} may gain privileges"));
        }
    }
}
