//! A network policy lets everything out
//!
//! Who gets in can then fetch tools and carry data away.
//!
//! # Fix
//!
//! Name peers under `to`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata:
//!   name: web
//! spec:
//!   podSelector: {}
//!   egress:
//!     - {}
//! ```
//!
//! ```yaml
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata:
//!   name: web
//! spec:
//!   podSelector: {}
//!   egress:
//!     - to:
//!         - ipBlock:
//!             cidr: 0.0.0.0/0
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
//!   egress:
//!     - to:
//!         - podSelector:
//!             matchLabels:
//!               app: front
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS084",
    aliases: &["KUBE-0002", "AVD-KUBE-0002", "no-public-egress"],
    severity: Severity::Low,
    file: include_str!("ks084_egress_to_all.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for policy in manifest.of_kind("NetworkPolicy") {
        for rule in policy.at(&["spec", "egress"]).map_or(&[][..], Node::items) {
            let peers = rule.get("to").map_or(&[][..], Node::items);
            let is_all = |peer: &Node| {
                let cidr = peer.text_at(&["ipBlock", "cidr"]);
                matches!(cidr, Some("0.0.0.0/0" | "::/0"))
            };
            if peers.is_empty() || peers.iter().any(is_all) {
                hits.at(rule.lines, format!("{policy} has a rule for the whole world"));
            }
        }
    }
}
