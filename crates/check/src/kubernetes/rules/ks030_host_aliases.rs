//! A pod rewrites host names
//!
//! Names that resolve one way in this pod and another way elsewhere send traffic where nobody
//! expects it.
//!
//! # Fix
//!
//! Remove `hostAliases` and use a Service or DNS.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   hostAliases:
//!     - ip: 10.0.0.7
//!       hostnames: [db.example]
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
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS030",
    aliases: &["KSV-0007", "KSV007", "AVD-KSV-0007", "no-hostaliases", "kubernetes-no-hostaliases"],
    severity: Severity::Low,
    file: include_str!("ks030_host_aliases.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        if let Some(entry) = pod.spec.entry("hostAliases").filter(|entry| !entry.value.is_empty()) {
            hits.at(entry.lines, format!("{pod} rewrites host names"));
        }
    }
}
