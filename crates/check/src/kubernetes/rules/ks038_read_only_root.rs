//! A container can write to its own files
//!
//! Who gets in can put programs there and change those that are. A root file system that is
//! read-only denies both.
//!
//! # Fix
//!
//! Set `readOnlyRootFilesystem: true` and mount an `emptyDir` where files must be written.
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
//!         readOnlyRootFilesystem: false
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
//!         readOnlyRootFilesystem: true
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS038",
    aliases: &[
        "KSV-0014",
        "KSV014",
        "AVD-KSV-0014",
        "use-readonly-filesystem",
        "kubernetes-use-readonly-filesystem",
    ],
    severity: Severity::High,
    file: include_str!("ks038_read_only_root.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.own_context("readOnlyRootFilesystem");
        if !option.is_some_and(Node::is_true) {
            let lines = option.map_or(container.lines(), |option| option.lines);
            hits.at(lines, format!("{container} can write to its root file system"));
        }
    }
}
