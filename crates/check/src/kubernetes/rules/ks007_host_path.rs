//! A pod mounts a folder of its node
//!
//! What the folder holds belongs to the node and to all of its pods: credentials, logs,
//! sockets. Written to, it can be a way onto the node.
//!
//! # Fix
//!
//! Use a persistent volume, an `emptyDir`, or a projected volume.
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
//!       emptyDir: {}
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS007",
    aliases: &[
        "KSV-0023",
        "KSV023",
        "AVD-KSV-0023",
        "no-mounted-hostpath",
        "kubernetes-no-mounted-hostpath",
    ],
    severity: Severity::Medium,
    file: include_str!("ks007_host_path.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        for volume in pod.volumes() {
            if let Some(entry) = volume.entry("hostPath") {
                let path = entry.value.text_at(&["path"]).unwrap_or("a folder");
                hits.at(entry.lines, format!("{pod} mounts {path} of its node"));
            }
        }
    }
}
