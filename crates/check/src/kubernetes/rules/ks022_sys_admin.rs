//! A container can administer the kernel
//!
//! `SYS_ADMIN` is what mounting, namespaces and much else ask for: close to all that root can
//! do. Ways from it to the node are well known.
//!
//! # Fix
//!
//! Do not add `SYS_ADMIN`.
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
//!           add: [SYS_ADMIN]
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
    id: "KS022",
    aliases: &[
        "KSV-0005",
        "KSV005",
        "AVD-KSV-0005",
        "no-sysadmin-capability",
        "kubernetes-no-sysadmin-capability",
    ],
    severity: Severity::High,
    file: include_str!("ks022_sys_admin.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            if name == "SYS_ADMIN" {
                hits.at(lines, format!("{container} adds SYS_ADMIN"));
            }
        }
    }
}
