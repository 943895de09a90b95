//! A pod mounts the socket of the container runtime
//!
//! Whoever can talk to Docker, containerd or CRI-O starts any container with any rights: they
//! own the node.
//!
//! # Fix
//!
//! Build images with a builder that needs no daemon, and read what runs from the Kubernetes
//! API.
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
//!     - name: docker
//!       hostPath:
//!         path: /var/run/docker.sock
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
//!     - name: cri
//!       hostPath:
//!         path: /run/containerd/containerd.sock
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
//!     - name: run
//!       emptyDir: {}
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS026",
    aliases: &[
        "KSV-0006",
        "KSV006",
        "AVD-KSV-0006",
        "no-docker-sock-mount",
        "kubernetes-no-docker-sock-mount",
    ],
    severity: Severity::High,
    file: include_str!("ks026_runtime_socket.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        for (path, node) in pod.host_paths() {
            let name = path.rsplit('/').next().unwrap_or(path);
            if SOCKETS.contains(&name) {
                hits.at(node.lines, format!("{pod} mounts {path}"));
            }
        }
    }
}

const SOCKETS: [&str; 7] = [
    "docker.sock",
    "dockershim.sock",
    "containerd.sock",
    "crio.sock",
    "cri-dockerd.sock",
    "podman.sock",
    "buildkitd.sock",
];
