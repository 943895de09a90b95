//! An image is not asked for by digest
//!
//! A tag can be moved to other bytes by whoever may push. A digest names the bytes that were
//! tested.
//!
//! # Fix
//!
//! Append `@sha256:…` to the image's name.
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
//!       image: registry.example/web:1.4@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
//! ```

use crate::kubernetes::Manifest;
use crate::kubernetes::image;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS032",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks032_image_without_digest.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let Some(node) = container.image() else { continue };
        let Some(name) = node.text().filter(|name| !image::is_placeholder(name)) else { continue };
        if !image::has_digest(name) {
            hits.at(node.lines, format!("{container} does not name the digest of {name}"));
        }
    }
}
