//! A probe or hook calls another host
//!
//! The call is made by the kubelet from the node. Whoever writes the manifest can have it reach
//! services that only nodes reach.
//!
//! # Fix
//!
//! Remove `host`: without it the pod itself is called.
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
//!       livenessProbe:
//!         httpGet:
//!           host: 169.254.169.254
//!           path: /
//!           port: 80
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
//!       livenessProbe:
//!         httpGet:
//!           path: /healthz
//!           port: 8080
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS014",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks014_probe_host.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for path in PLACES {
            for action in ["httpGet", "tcpSocket"] {
                let host = container.node.at(path).and_then(|place| place.at(&[action, "host"]));
                if let Some(host) = host.filter(|host| !host.is_empty()) {
                    hits.at(host.lines, format!("{container} has another host called"));
                }
            }
        }
    }
}

const PLACES: [&[&str]; 5] = [
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];
