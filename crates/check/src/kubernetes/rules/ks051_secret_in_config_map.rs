//! A ConfigMap holds a secret
//!
//! ConfigMaps are not encrypted, and more people may read them than Secrets.
//!
//! # Fix
//!
//! Put it into a Secret.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: ConfigMap
//! metadata:
//!   name: web
//! data:
//!   password: correct-horse
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: ConfigMap
//! metadata:
//!   name: web
//! data:
//!   app.properties: |
//!     color=blue
//!     db.password=correct-horse
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: ConfigMap
//! metadata:
//!   name: web
//! data:
//!   color: blue
//!   app.properties: |
//!     db.password=${DB_PASSWORD}
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::secret_name;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS051",
    aliases: &[
        "KSV-0109",
        "KSV109",
        "AVD-KSV-0109",
        "configMap_with_secrets",
        "kubernetes-configMap_with_secrets",
        "configMap-with-secrets",
        "kubernetes-configMap-with-secrets",
        "KSV-01010",
        "KSV01010",
        "AVD-KSV-01010",
    ],
    severity: Severity::High,
    file: include_str!("ks051_secret_in_config_map.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for map in manifest.of_kind("ConfigMap") {
        for entry in map.at(&["data"]).map_or(&[][..], Node::entries) {
            let Some(value) = entry.value.text() else { continue };
            let is_whole = secret_name::is_secret(&entry.key) && secret_name::is_literal(value);
            if is_whole || value.lines().any(secret_name::assigns_secret) {
                hits.at(
                    entry.lines,
                    format!("{map} holds what looks like a secret in {}", entry.key),
                );
            }
        }
    }
}
