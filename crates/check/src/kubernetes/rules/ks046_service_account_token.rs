//! A pod is given the token of its service account
//!
//! Who gets in can use it to ask the Kubernetes API in the pod's name.
//!
//! # Fix
//!
//! Set `automountServiceAccountToken: false`, unless the pod does ask the API.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   automountServiceAccountToken: true
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
//!       volumeMounts:
//!         - name: token
//!           mountPath: /var/run/secrets/kubernetes.io/serviceaccount
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
//!   automountServiceAccountToken: false
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS046",
    aliases: &[
        "KSV-0036",
        "KSV036",
        "AVD-KSV-0036",
        "no-auto-mount-service-token",
        "kubernetes-no-auto-mount-service-token",
    ],
    severity: Severity::Medium,
    file: include_str!("ks046_service_account_token.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let option = pod.spec.get("automountServiceAccountToken");
        if let Some(option) = option {
            if option.is_true() {
                hits.at(option.lines, format!("{pod} is given the token of its service account"));
            }
            continue;
        }
        for container in pod.containers() {
            for mount in container.node.get("volumeMounts").map_or(&[][..], Node::items) {
                let path = mount.text_at(&["mountPath"]).unwrap_or_default();
                if path.trim_end_matches('/') == "/var/run/secrets/kubernetes.io/serviceaccount" {
                    hits.at(
                        mount.lines,
                        format!("{container} mounts a token of a service account"),
                    );
                }
            }
        }
    }
}
