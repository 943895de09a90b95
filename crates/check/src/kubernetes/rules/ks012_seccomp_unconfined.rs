//! The filter of system calls is switched off
//!
//! Without a seccomp profile every system call of the kernel is within reach, and so is every
//! flaw in one.
//!
//! # Fix
//!
//! Set `seccompProfile.type` to `RuntimeDefault`, or to `Localhost` with a profile of your own.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     seccompProfile:
//!       type: Unconfined
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
//!         seccompProfile:
//!           type: Unconfined
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   annotations:
//!     seccomp.security.alpha.kubernetes.io/pod: unconfined
//! spec:
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
//!   securityContext:
//!     seccompProfile:
//!       type: RuntimeDefault
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
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS012",
    aliases: &[
        "KSV-0104",
        "KSV104",
        "AVD-KSV-0104",
        "no-seccomp-unconfined",
        "kubernetes-no-seccomp-unconfined",
    ],
    severity: Severity::Medium,
    file: include_str!("ks012_seccomp_unconfined.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let annotation = pod.annotation("seccomp.security.alpha.kubernetes.io/pod");
        let field = pod.context("seccompProfile").and_then(|profile| profile.get("type"));
        for node in annotation.into_iter().chain(field) {
            if is_unconfined(node) {
                hits.at(node.lines, format!("{pod} has no filter of system calls"));
            }
        }
        for container in pod.containers() {
            let name =
                format!("container.seccomp.security.alpha.kubernetes.io/{}", container.name());
            // Where there is a field, annotations are not heeded.
            let annotation = container
                .context("seccompProfile")
                .is_none()
                .then(|| pod.annotation(&name))
                .flatten();
            let field =
                container.own_context("seccompProfile").and_then(|profile| profile.get("type"));
            for node in annotation.into_iter().chain(field) {
                if is_unconfined(node) {
                    hits.at(node.lines, format!("{container} has no filter of system calls"));
                }
            }
        }
    }
}

fn is_unconfined(node: &Node) -> bool {
    node.text().is_some_and(|profile| profile.eq_ignore_ascii_case("unconfined"))
}
