//! A load balancer is open to the internet
//!
//! Unless the provider is told otherwise, the address is public and anyone may connect.
//!
//! # Fix
//!
//! Set `loadBalancerSourceRanges`, or the annotation that makes it internal.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Service
//! metadata:
//!   name: web
//! spec:
//!   type: LoadBalancer
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
//!   type: LoadBalancer
//!   loadBalancerSourceRanges: [203.0.113.0/24]
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS087",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("ks087_open_load_balancer.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for service in manifest.of_kind("Service") {
        let Some(spec) = service.at(&["spec"]) else { continue };
        let ranges = spec.get("loadBalancerSourceRanges");
        let is_limited = ranges.is_some_and(|ranges| {
            !ranges.is_empty() && ranges.texts().all(|range| !range.ends_with("/0"))
        });
        let annotations = service.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
        let is_internal = annotations.iter().any(|entry| {
            let names = ["internal", "scheme", "load-balancer-type", "source-ranges"];
            let value = entry.value.text().unwrap_or_default().to_ascii_lowercase();
            names.iter().any(|name| entry.key.contains(name))
                && (matches!(value.as_str(), "true" | "internal" | "0.0.0.0/0")
                    || value.contains('/'))
        });
        if spec.text_at(&["type"]) == Some("LoadBalancer") && !is_limited && !is_internal {
            hits.at(spec.lines, format!("{service} is open to the internet"));
        }
    }
}
