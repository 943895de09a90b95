//! A container may share its group id with the node
//!
//! Numbers up to 10,000 are given to groups of nodes. A process that leaves its container then
//! is that group.
//!
//! # Fix
//!
//! Set `runAsGroup` to a number above 10,000.
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
//!         runAsGroup: 1000
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
//!         runAsGroup: 20000
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     runAsGroup: 20000
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS042",
    aliases: &["KSV-0021", "KSV021", "AVD-KSV-0021", "use-high-gid", "kubernetes-use-high-gid"],
    severity: Severity::Low,
    file: include_str!("ks042_low_group_id.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.context("runAsGroup");
        if option.is_none_or(|option| option.integer().is_some_and(|id| id <= 10_000)) {
            let own = container.own_context("runAsGroup");
            let lines = own.map_or(container.lines(), |option| option.lines);
            hits.at(lines, format!("{container} has no runAsGroup above 10000"));
        }
    }
}
