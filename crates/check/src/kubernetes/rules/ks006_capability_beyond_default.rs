//! A container adds a capability beyond the default set
//!
//! Capabilities beyond the default set of container runtimes reach into the node: its network,
//! its kernel or the files of others. The baseline Pod Security Standard forbids them.
//!
//! # Fix
//!
//! Do not add it. What is needed from the kernel can often be had from a service, a device
//! plugin or a CSI driver.
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
//!       securityContext:
//!         capabilities:
//!           add: [NET_ADMIN]
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
//!         capabilities:
//!           add: [CAP_SYS_PTRACE]
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
//!         capabilities:
//!           add: [NET_BIND_SERVICE]
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
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS006",
    aliases: &[
        "KSV-0022",
        "KSV022",
        "AVD-KSV-0022",
        "no-non-default-capabilities",
        "kubernetes-no-non-default-capabilities",
        "KSV-0106",
        "KSV106",
        "AVD-KSV-0106",
    ],
    severity: Severity::Medium,
    file: include_str!("ks006_capability_beyond_default.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            if !DEFAULT.contains(&name) {
                hits.at(lines, format!("{container} adds {name}"));
            }
        }
    }
}

/// What the baseline Pod Security Standard lets pods add.
pub(super) const DEFAULT: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
