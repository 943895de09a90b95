//! A Secret is written with its value
//!
//! Base64 hides nothing: whoever reads the manifest, or the repository it is in, has the
//! secret.
//!
//! # Fix
//!
//! Have it made in the cluster: by an operator for external secrets, or sealed for this cluster
//! alone.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Secret
//! metadata:
//!   name: db
//! stringData:
//!   password: correct-horse
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Secret
//! metadata:
//!   name: db
//! type: Opaque
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::secret_name;
use crate::tree::Entry;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS052",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks052_secret_in_manifest.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for secret in manifest.of_kind("Secret") {
        for name in ["data", "stringData"] {
            let Some(entry) = secret.node.entry(name) else { continue };
            let has_value = |entry: &Entry| entry.value.text().is_some_and(secret_name::is_literal);
            if entry.value.entries().iter().any(has_value) {
                hits.at(entry.lines, format!("{secret} is written with its value"));
            }
        }
    }
}
