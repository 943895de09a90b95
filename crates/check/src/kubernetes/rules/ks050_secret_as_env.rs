//! A secret is handed over as an environment variable
//!
//! The environment is inherited by every process, shown by debuggers and written into crash
//! reports.
//!
//! # Fix
//!
//! Mount the Secret as a file.
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
//!           valueFrom:
//!             secretKeyRef:
//!               name: db
//!               key: password
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
//!       envFrom:
//!         - secretRef:
//!             name: db
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
//!       volumeMounts:
//!         - name: db
//!           mountPath: /run/secrets/db
//!           readOnly: true
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS050",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("ks050_secret_as_env.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        for variable in container.env() {
            if variable.at(&["valueFrom", "secretKeyRef"]).is_some() {
                let name = variable.text_at(&["name"]).unwrap_or_default();
                hits.at(variable.lines, format!("{container} gets {name} from a Secret"));
            }
        }
        for source in container.node.get("envFrom").map_or(&[][..], Node::items) {
            if source.get("secretRef").is_some() {
                hits.at(source.lines, format!("{container} gets a whole Secret as variables"));
            }
        }
    }
}
