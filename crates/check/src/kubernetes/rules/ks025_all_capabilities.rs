//! A container adds all capabilities
//!
//! All capabilities together are what `privileged` is feared for, less the devices.
//!
//! # Fix
//!
//! Add the one that is needed.
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
//!           add: [ALL]
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
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::container::is_all;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS025",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks025_all_capabilities.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            if is_all(name) {
                hits.at(lines, format!("{container} adds all capabilities"));
            }
        }
    }
}
