//! A secret is written into the manifest
//!
//! It is in version control, in the cluster's events and in every copy of the manifest.
//!
//! # Fix
//!
//! Put it into a Secret and mount it.
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
//!       env:
//!         - name: DB_PASSWORD
//!           value: correct-horse
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
//!       env:
//!         - name: DB_PASSWORD_FILE
//!           value: /run/secrets/db
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
//!       env:
//!         - name: DB_PASSWORD
//!           valueFrom:
//!             secretKeyRef:
//!               name: db
//!               key: password
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::secret_name;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS049",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("ks049_secret_in_env.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for variable in container.env() {
            let name = variable.text_at(&["name"]).unwrap_or_default();
            let Some(value) = variable.text_at(&["value"]) else { continue };
            if secret_name::is_secret(name) && secret_name::is_literal(value) {
                hits.at(
                    variable.lines,
                    format!("{container} has the value of {name} in its manifest"),
                );
            }
        }
    }
}
