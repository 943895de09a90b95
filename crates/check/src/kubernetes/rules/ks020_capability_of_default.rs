//! A container adds back a capability it does not need
//!
//! Capabilities of the default set change owners, skip permissions of files and become other
//! users. A service needs none of them, or `NET_BIND_SERVICE` for a low port.
//!
//! # Fix
//!
//! Remove it from `capabilities.add`. The restricted Pod Security Standard permits
//! `NET_BIND_SERVICE` only.
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
//!           drop: [ALL]
//!           add: [CHOWN]
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
//!           drop: [ALL]
//!           add: [NET_BIND_SERVICE]
//! ```

use super::ks006_capability_beyond_default::DEFAULT;
use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS020",
    aliases: &[
        "KSV-0106",
        "KSV106",
        "AVD-KSV-0106",
        "drop-caps-add-bind-svc",
        "kubernetes-drop-caps-add-bind-svc",
        "KSV-0022",
        "KSV022",
        "AVD-KSV-0022",
    ],
    severity: Severity::Low,
    file: include_str!("ks020_capability_of_default.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            // Those beyond the default set are a rule of their own.
            if name != "NET_BIND_SERVICE" && DEFAULT.contains(&name) {
                hits.at(lines, format!("{container} adds {name}"));
            }
        }
    }
}
