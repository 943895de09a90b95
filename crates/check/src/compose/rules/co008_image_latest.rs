//! An image is asked for without a version
//!
//! What runs is then whatever was pushed last, and going back is not possible.
//!
//! # Fix
//!
//! Name a version, or better a digest.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:latest
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     build: .
//!     image: web
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: web:${TAG}
//! ```

use crate::compose::Compose;
use crate::kubernetes::image;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO008",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("co008_image_latest.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        // What is built here is named here, not asked for.
        let Some(node) = service.image().filter(|_| service.get("build").is_none()) else {
            continue;
        };
        let Some(name) = node.text().filter(|name| !image::is_placeholder(name)) else { continue };
        if !image::has_digest(name) && matches!(image::tag(name), None | Some("latest" | "")) {
            hits.at(node.lines, format!("{service} asks for no version of {name}"));
        }
    }
}
