//! A container's mounts reach its node
//!
//! With `Bidirectional` propagation what the container mounts is mounted on the node and in
//! other pods.
//!
//! # Fix
//!
//! Use `None` or `HostToContainer`.
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
//!       volumeMounts:
//!         - name: data
//!           mountPath: /data
//!           mountPropagation: Bidirectional
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
//!       volumeMounts:
//!         - name: data
//!           mountPath: /data
//!           mountPropagation: HostToContainer
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS029",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks029_mount_propagation.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for mount in container.node.get("volumeMounts").map_or(&[][..], Node::items) {
            if let Some(node) = mount.get("mountPropagation")
                && node.text() == Some("Bidirectional")
            {
                hits.at(node.lines, format!("{container} mounts onto its node"));
            }
        }
    }
}
