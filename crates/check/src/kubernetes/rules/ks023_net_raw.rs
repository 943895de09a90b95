//! A container can forge packets
//!
//! With `NET_RAW` a container can answer in the name of others on its network, of the DNS
//! server among them.
//!
//! # Fix
//!
//! Do not add `NET_RAW`.
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
//!           add: [NET_RAW]
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

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS023",
    aliases: &["KSV-0119", "KSV119", "AVD-KSV-0119", "no-net-raw", "kubernetes-no-net-raw"],
    severity: Severity::High,
    file: include_str!("ks023_net_raw.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            if name == "NET_RAW" {
                hits.at(lines, format!("{container} adds NET_RAW"));
            }
        }
    }
}
