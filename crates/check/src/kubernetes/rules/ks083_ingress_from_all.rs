//! A network policy lets everyone in
//!
//! A rule without peers, or with the whole address space as one, permits what no policy would
//! have.
//!
//! # Fix
//!
//! Name peers under `from`.
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
//!   ingress:
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
//!   ingress:
//!     - from:
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
//!   ingress:
//!     - from:
//!         - podSelector:
//!             matchLabels:
//!               app: front
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS083",
    aliases: &["KUBE-0001", "AVD-KUBE-0001", "no-public-ingress"],
    severity: Severity::Medium,
    file: include_str!("ks083_ingress_from_all.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for policy in manifest.of_kind("NetworkPolicy") {
        for rule in policy.at(&["spec", "ingress"]).map_or(&[][..], Node::items) {
            let peers = rule.get("from").map_or(&[][..], Node::items);
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
