//! A moving tag is not pulled again
//!
//! With a tag that moves and `IfNotPresent` or `Never`, each node runs the version it happened
//! to pull first.
//!
//! # Fix
//!
//! Name a version, or set `imagePullPolicy: Always`.
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
//!       image: registry.example/web:latest
//!       imagePullPolicy: IfNotPresent
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
//!       image: registry.example/web:latest
//!       imagePullPolicy: Always
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
//!       imagePullPolicy: IfNotPresent
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::image;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS033",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks033_stale_pull.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let Some(policy) = container.node.get("imagePullPolicy") else { continue };
        let Some(name) = container.image().and_then(Node::text) else { continue };
        let is_moving =
            !image::has_digest(name) && matches!(image::tag(name), None | Some("latest" | ""));
        if is_moving && matches!(policy.text(), Some("IfNotPresent" | "Never")) {
            hits.at(policy.lines, format!("{container} does not pull {name} again"));
        }
    }
}
