//! A pod mounts a folder that runs its node
//!
//! Files in it decide what the node starts, whom it trusts, or what its kernel does.
//!
//! # Fix
//!
//! Mount the one file that is needed, read-only, or do without.
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
//!     - name: host
//!       hostPath:
//!         path: /
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
//!     - name: kubelet
//!       hostPath:
//!         path: /var/lib/kubelet/
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
//!     - name: logs
//!       hostPath:
//!         path: /var/log/web
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS027",
    aliases: &[
        "KSV-0121",
        "KSV121",
        "AVD-KSV-0121",
        "no-k8s-with-disallowed-volumes",
        "kubernetes-no-k8s-with-disallowed-volumes",
    ],
    severity: Severity::High,
    file: include_str!("ks027_sensitive_host_path.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        for (path, node) in pod.host_paths() {
            let path = path.trim_end_matches('/');
            if path.is_empty() || FOLDERS.contains(&path) {
                hits.at(node.lines, format!("{pod} mounts {path}/ of its node"));
            }
        }
    }
}

const FOLDERS: [&str; 17] = [
    "/boot",
    "/dev",
    "/etc",
    "/etc/kubernetes",
    "/etc/kubernetes/manifests",
    "/home",
    "/lib",
    "/lib/modules",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/run",
];
