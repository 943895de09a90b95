//! A container can load kernel modules
//!
//! A kernel module is the kernel: whoever loads one owns the node.
//!
//! # Fix
//!
//! Do not add `SYS_MODULE`.
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
//!           add: [SYS_MODULE]
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
    id: "KS024",
    aliases: &[
        "KSV-0120",
        "KSV120",
        "AVD-KSV-0120",
        "no-sysmodule-capability",
        "kubernetes-no-sysmodule-capability",
    ],
    severity: Severity::High,
    file: include_str!("ks024_sys_module.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for (name, lines) in container.capabilities("add") {
            if name == "SYS_MODULE" {
                hits.at(lines, format!("{container} adds SYS_MODULE"));
            }
        }
    }
}
