//! A container runs as user 0
//!
//! Root in a container is root on the node as soon as one wall between them has a hole.
//!
//! # Fix
//!
//! Set `runAsUser` to the number of another user, or leave it to the image.
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
//!     runAsUser: 0
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
//!         runAsUser: 0
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
//!         runAsUser: 10001
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
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS018",
    aliases: &["KSV-0105", "KSV105", "AVD-KSV-0105"],
    severity: Severity::Low,
    file: include_str!("ks018_run_as_root.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(user) = pod.context("runAsUser").filter(|user| user.integer() == Some(0)) {
            hits.at(user.lines, format!("{pod} runs as user 0"));
        }
        for container in pod.containers() {
            let user = container.own_context("runAsUser");
            if let Some(user) = user.filter(|user| user.integer() == Some(0)) {
                hits.at(user.lines, format!("{container} runs as user 0"));
            }
        }
    }
}
