//! A pod sets a kernel parameter that is not safe
//!
//! Some kernel parameters are not the pod's own, or can harm others on the node. Those that are
//! safe are a short list.
//!
//! # Fix
//!
//! Remove it, or set it on nodes that are kept for such pods.
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
//!     sysctls:
//!       - name: kernel.msgmax
//!         value: "65536"
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
//!     sysctls:
//!       - name: net.ipv4.tcp_syncookies
//!         value: "1"
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS013",
    aliases: &[
        "KSV-0026",
        "KSV026",
        "AVD-KSV-0026",
        "no-unsafe-sysctl",
        "kubernetes-no-unsafe-sysctl",
    ],
    severity: Severity::Medium,
    file: include_str!("ks013_unsafe_sysctl.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        for sysctl in pod.context("sysctls").map_or(&[][..], Node::items) {
            let Some(name) = sysctl.text_at(&["name"]) else { continue };
            if !SAFE.contains(&name) {
                hits.at(sysctl.lines, format!("{pod} sets {name}"));
            }
        }
    }
}

/// What the baseline Pod Security Standard lets pods set.
const SAFE: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];
