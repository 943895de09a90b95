//! A container can write to a folder of its node
//!
//! What it writes is there for the node and for whichever pod comes next.
//!
//! # Fix
//!
//! Set `readOnly: true` on the mount.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   volumes:
//!     - name: data
//!       hostPath:
//!         path: /data
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       volumeMounts:
//!         - name: data
//!           mountPath: /data
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
//!   volumes:
//!     - name: data
//!       hostPath:
//!         path: /data
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       volumeMounts:
//!         - name: data
//!           mountPath: /data
//!           readOnly: true
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS028",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks028_writable_host_path.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let of_host = pod.volumes().iter().filter(|volume| volume.get("hostPath").is_some());
        let names: BTreeSet<&str> =
            of_host.filter_map(|volume| volume.text_at(&["name"])).collect();
        for container in pod.containers() {
            for mount in container.node.get("volumeMounts").map_or(&[][..], Node::items) {
                let is_read_only = mount.get("readOnly").is_some_and(Node::is_true);
                if !is_read_only
                    && mount.text_at(&["name"]).is_some_and(|name| names.contains(name))
                {
                    hits.at(mount.lines, format!("{container} can write to a folder of its node"));
                }
            }
        }
    }
}
