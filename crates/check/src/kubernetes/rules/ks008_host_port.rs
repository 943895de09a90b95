//! A container takes a port of its node
//!
//! The port is open on the node's own address, past Services and most network policies, and the
//! pod only fits on nodes where it is free.
//!
//! # Fix
//!
//! Remove `hostPort` and publish the port through a Service.
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
//!       ports:
//!         - containerPort: 8080
//!           hostPort: 8080
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
//!       ports:
//!         - containerPort: 8080
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
//!       ports:
//!         - containerPort: 8080
//!           hostPort: 0
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS008",
    aliases: &[
        "KSV-0024",
        "KSV024",
        "AVD-KSV-0024",
        "no-host-port-access",
        "kubernetes-no-host-port-access",
    ],
    severity: Severity::High,
    file: include_str!("ks008_host_port.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for port in container.ports() {
            if let Some(host) = port.get("hostPort").filter(|host| host.integer() != Some(0)) {
                hits.at(host.lines, format!("{container} takes a port of its node"));
            }
        }
    }
}
