//! No filter of system calls is asked for
//!
//! Unless the node was set up otherwise, a container without a seccomp profile may make every
//! system call of the kernel.
//!
//! # Fix
//!
//! Set `seccompProfile.type: RuntimeDefault` on the pod.
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
//!   securityContext:
//!     seccompProfile:
//!       type: Other
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
//!   annotations:
//!     seccomp.security.alpha.kubernetes.io/pod: custom
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
//!       securityContext:
//!         seccompProfile:
//!           type: Localhost
//!           localhostProfile: web.json
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   annotations:
//!     seccomp.security.alpha.kubernetes.io/pod: runtime/default
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS019",
    aliases: &[
        "KSV-0030",
        "KSV030",
        "AVD-KSV-0030",
        "use-default-seccomp",
        "kubernetes-use-default-seccomp",
        "KSV-0104",
        "KSV104",
        "AVD-KSV-0104",
    ],
    severity: Severity::Low,
    file: include_str!("ks019_seccomp_not_set.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let name = format!("container.seccomp.security.alpha.kubernetes.io/{}", container.name());
        let pod = "seccomp.security.alpha.kubernetes.io/pod";
        let field = container.context("seccompProfile").and_then(|profile| profile.get("type"));
        let annotation =
            || container.pod.annotation(&name).or_else(|| container.pod.annotation(pod));
        if let (None, Some(node)) = (field, annotation()) {
            let profile = node.text().unwrap_or_default();
            let is_one = ["runtime/default", "docker/default", "unconfined"].contains(&profile);
            if !is_one && !profile.starts_with("localhost/") {
                hits.at(node.lines, format!("{container} asks for no seccomp profile there is"));
            }
            continue;
        }
        match field {
            // Switched off is a rule of its own.
            Some(kind) => {
                if !matches!(kind.text(), Some("RuntimeDefault" | "Localhost" | "Unconfined")) {
                    hits.at(
                        kind.lines,
                        format!("{container} asks for no seccomp profile there is"),
                    );
                }
            }
            None => hits.at(container.lines(), format!("{container} asks for no seccomp profile")),
        }
    }
}
