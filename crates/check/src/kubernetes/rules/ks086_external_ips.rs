//! A Service claims addresses
//!
//! Traffic of the whole cluster to these addresses goes to it, whoever they belong to
//! (CVE-2020-8554).
//!
//! # Fix
//!
//! Use a load balancer, and deny `externalIPs` by admission.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Service
//! metadata:
//!   name: web
//! spec:
//!   externalIPs: [198.51.100.7]
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Service
//! metadata:
//!   name: web
//! spec:
//!   type: ClusterIP
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS086",
    aliases: &[
        "KSV-0108",
        "KSV108",
        "AVD-KSV-0108",
        "no-svc-with-extip",
        "kubernetes-no-svc-with-extip",
    ],
    severity: Severity::High,
    file: include_str!("ks086_external_ips.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for service in manifest.of_kind("Service") {
        let spec = service.at(&["spec"]);
        let entry = spec.and_then(|spec| spec.entry("externalIPs"));
        if let Some(entry) = entry.filter(|entry| !entry.value.is_empty()) {
            hits.at(entry.lines, format!("{service} claims addresses"));
        }
    }
}
