//! A container may share its user id with the node
//!
//! Numbers up to 10,000 are given to users of nodes. A process that leaves its container then
//! is that user.
//!
//! # Fix
//!
//! Set `runAsUser` to a number above 10,000.
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
//!         runAsUser: 1000
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
//!         runAsUser: 20000
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     runAsUser: 20000
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS041",
    aliases: &["KSV-0020", "KSV020", "AVD-KSV-0020", "use-high-uid", "kubernetes-use-high-uid"],
    severity: Severity::Low,
    file: include_str!("ks041_low_user_id.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.context("runAsUser");
        if option.is_none_or(|option| option.integer().is_some_and(|id| id <= 10_000)) {
            let own = container.own_context("runAsUser");
            let lines = own.map_or(container.lines(), |option| option.lines);
            hits.at(lines, format!("{container} has no runAsUser above 10000"));
        }
    }
}
