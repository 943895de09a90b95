//! A LimitRange leaves something open
//!
//! Containers that say nothing get no limit, or ask for more than a node has.
//!
//! # Fix
//!
//! Give each limit `default`, `defaultRequest`, `min` and `max`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: LimitRange
//! metadata:
//!   name: limits
//! spec:
//!   limits:
//!     - type: Container
//!       default:
//!         cpu: 500m
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: LimitRange
//! metadata:
//!   name: limits
//! spec:
//!   limits:
//!     - type: Container
//!       default: {cpu: 500m}
//!       defaultRequest: {cpu: 100m}
//!       min: {cpu: 10m}
//!       max: {cpu: "2"}
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS091",
    aliases: &[
        "KSV-0039",
        "KSV039",
        "AVD-KSV-0039",
        "limit-range-usage",
        "kubernetes-limit-range-usage",
    ],
    severity: Severity::Low,
    file: include_str!("ks091_limit_range.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for range in manifest.of_kind("LimitRange") {
        let limits = range.at(&["spec", "limits"]).map_or(&[][..], Node::items);
        if limits.is_empty() {
            hits.at(range.head(), format!("{range} limits nothing"));
        }
        for limit in limits {
            let is_container = limit.text_at(&["type"]).is_none_or(|kind| kind == "Container");
            let has_all = ["default", "defaultRequest", "min", "max"]
                .iter()
                .all(|name| limit.get(name).is_some());
            if is_container && !has_all {
                hits.at(limit.lines, format!("{range} leaves something open"));
            }
        }
    }
}
