//! A pod mounts storage past the storage API
//!
//! Volumes named in the pod itself carry addresses and credentials that pods should not know,
//! and nothing in the cluster has a say about them.
//!
//! # Fix
//!
//! Use a persistent volume claim. The restricted Pod Security Standard permits `configMap`,
//! `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `persistentVolumeClaim`, `projected` and
//! `secret`.
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
//!       nfs:
//!         server: 10.0.0.1
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
//!       persistentVolumeClaim:
//!         claimName: data
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
//!   volumes:
//!     - name: scratch
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS015",
    aliases: &[
        "KSV-0028",
        "KSV028",
        "AVD-KSV-0028",
        "no-non-ephemeral-volumes",
        "kubernetes-no-non-ephemeral-volumes",
    ],
    severity: Severity::Low,
    file: include_str!("ks015_volume_type.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        for volume in pod.volumes() {
            for entry in volume.entries() {
                // A host path is a rule of its own; an image is read-only and pulled like any other.
                if !PERMITTED.contains(&entry.key.as_str()) {
                    hits.at(
                        entry.lines,
                        format!("{pod} mounts a volume of the kind {}", entry.key),
                    );
                }
            }
        }
    }
}

const PERMITTED: [&str; 11] = [
    "name",
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "hostPath",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];
