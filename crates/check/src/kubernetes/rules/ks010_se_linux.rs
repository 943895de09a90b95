//! SELinux options are changed
//!
//! SELinux keeps containers from each other and from the node by the type their processes have.
//! Another type, user or role can take that away.
//!
//! # Fix
//!
//! Remove `seLinuxOptions`, or set only `level`, or a `type` made for containers.
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
//!     seLinuxOptions:
//!       type: spc_t
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
//!         seLinuxOptions:
//!           user: system_u
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
//!       securityContext:
//!         seLinuxOptions:
//!           type: container_t
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
//!         seLinuxOptions:
//!           level: "s0:c123,c456"
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS010",
    aliases: &[
        "KSV-0025",
        "KSV025",
        "AVD-KSV-0025",
        "no-custom-selinux-options",
        "kubernetes-no-custom-selinux-options",
    ],
    severity: Severity::Medium,
    file: include_str!("ks010_se_linux.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(options) = pod.context("seLinuxOptions") {
            look(options, &pod.to_string(), hits);
        }
        for container in pod.containers() {
            if let Some(options) = container.own_context("seLinuxOptions") {
                look(options, &container.to_string(), hits);
            }
        }
    }
}

const TYPES: [&str; 5] =
    ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

fn look(options: &Node, who: &str, hits: &mut Hits<'_>) {
    if let Some(kind) = options.get("type")
        && kind.text().is_some_and(|kind| !TYPES.contains(&kind))
    {
        hits.at(kind.lines, format!("{who} has an SELinux type that is not for containers"));
    }
    for name in ["user", "role"] {
        if let Some(node) = options.get(name).filter(|node| node.text() != Some("")) {
            hits.at(node.lines, format!("{who} sets its SELinux {name}"));
        }
    }
}
