//! An image is asked for without a version
//!
//! What runs is then whatever was pushed last: two nodes may run two versions, and going back
//! is not possible.
//!
//! # Fix
//!
//! Name a version, or better a digest.
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
//!       image: registry.example/web
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
//!       image: registry.example/web:latest
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
//!       image: registry.example/web@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::image;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS031",
    aliases: &[
        "KSV-0013",
        "KSV013",
        "AVD-KSV-0013",
        "use-specific-tags",
        "kubernetes-use-specific-tags",
    ],
    severity: Severity::Medium,
    file: include_str!("ks031_image_latest.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let Some(node) = container.image() else { continue };
        let Some(name) = node.text().filter(|name| !image::is_placeholder(name)) else { continue };
        if !image::has_digest(name) && matches!(image::tag(name), None | Some("latest" | "")) {
            hits.at(node.lines, format!("{container} asks for no version of {name}"));
        }
    }
}
