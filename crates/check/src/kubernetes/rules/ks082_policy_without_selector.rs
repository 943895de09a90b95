//! A network policy selects nothing
//!
//! Without a selector it does not say which pods or namespaces it is about.
//!
//! # Fix
//!
//! Set `podSelector`; an empty one (`{}`) is all pods of the namespace.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata:
//!   name: web
//! spec:
//!   policyTypes: [Ingress]
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata:
//!   name: web
//! spec:
//!   podSelector: {}
//!   policyTypes: [Ingress]
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS082",
    aliases: &[
        "KSV-0038",
        "KSV038",
        "AVD-KSV-0038",
        "selector-usage-in-network-policies",
        "kubernetes-selector-usage-in-network-policies",
    ],
    severity: Severity::Medium,
    file: include_str!("ks082_policy_without_selector.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for policy in manifest.of_kind("NetworkPolicy") {
        let Some(spec) = policy.at(&["spec"]) else { continue };
        let peers = |list: &str, side: &str| {
            let rules = spec.get(list).map_or(&[][..], Node::items);
            rules
                .iter()
                .any(|rule| rule.get(side).map_or(&[][..], Node::items).iter().any(is_selecting))
        };
        if !is_selecting(spec) && !peers("ingress", "from") && !peers("egress", "to") {
            hits.at(spec.lines, format!("{policy} selects nothing"));
        }
    }
}

fn is_selecting(node: &Node) -> bool {
    ["podSelector", "namespaceSelector"].iter().any(|name| node.get(name).is_some())
}
