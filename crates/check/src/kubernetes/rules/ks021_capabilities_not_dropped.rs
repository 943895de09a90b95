//! A container keeps the default capabilities
//!
//! Runtimes give containers a dozen capabilities for the sake of old images, among them those
//! to change owners of files and to become other users.
//!
//! # Fix
//!
//! Set `capabilities.drop: [ALL]` and add back what is needed, which is mostly nothing.
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
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         capabilities:
//!           drop: [NET_RAW]
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
    id: "KS021",
    aliases: &[
        "KSV-0003",
        "KSV003",
        "AVD-KSV-0003",
        "drop-default-capabilities",
        "kubernetes-drop-default-capabilities",
        "KSV-0004",
        "KSV004",
        "AVD-KSV-0004",
        "drop-unused-capabilities",
        "kubernetes-drop-unused-capabilities",
        "KSV-0106",
        "KSV106",
        "AVD-KSV-0106",
    ],
    severity: Severity::Low,
    file: include_str!("ks021_capabilities_not_dropped.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        if !container.capabilities("drop").any(|(name, _)| is_all(name)) {
            hits.at(container.lines(), format!("{container} does not drop all capabilities"));
        }
    }
}
