//! A ResourceQuota does not bound processor time and memory
//!
//! One namespace can take all of the cluster.
//!
//! # Fix
//!
//! Set `requests.cpu`, `requests.memory`, `limits.cpu` and `limits.memory`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: ResourceQuota
//! metadata:
//!   name: quota
//! spec:
//!   hard:
//!     pods: "20"
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: ResourceQuota
//! metadata:
//!   name: quota
//! spec:
//!   hard:
//!     requests.cpu: "4"
//!     requests.memory: 8Gi
//!     limits.cpu: "8"
//!     limits.memory: 16Gi
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS092",
    aliases: &[
        "KSV-0040",
        "KSV040",
        "AVD-KSV-0040",
        "resource-quota-usage",
        "kubernetes-resource-quota-usage",
    ],
    severity: Severity::Low,
    file: include_str!("ks092_resource_quota.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for quota in manifest.of_kind("ResourceQuota") {
        let hard = quota.at(&["spec", "hard"]);
        let has = |name: &str| hard.is_some_and(|hard| hard.get(name).is_some());
        let names = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];
        if !names.into_iter().all(has) {
            let lines = hard.map_or(quota.head(), |hard| hard.lines);
            hits.at(lines, format!("{quota} does not bound processor time and memory"));
        }
    }
}
