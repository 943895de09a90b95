//! A Gatekeeper policy permits repositories it does not mean
//!
//! Names are compared by how they begin: `registry.example` also permits
//! `registry.example.attacker.test`.
//!
//! # Fix
//!
//! End each name with `/`.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: constraints.gatekeeper.sh/v1beta1
//! kind: K8sAllowedRepos
//! metadata:
//!   name: repos
//! spec:
//!   parameters:
//!     repos:
//!       - registry.example
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: constraints.gatekeeper.sh/v1beta1
//! kind: K8sAllowedRepos
//! metadata:
//!   name: repos
//! spec:
//!   parameters:
//!     repos:
//!       - registry.example/
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS093",
    aliases: &["KSV-0124", "KSV124", "AVD-KSV-0124"],
    severity: Severity::High,
    file: include_str!("ks093_open_ended_repository.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for policy in manifest.of_kind("K8sAllowedRepos") {
        for name in policy.at(&["spec", "parameters", "repos"]).map_or(&[][..], Node::items) {
            let Some(text) = name.text() else { continue };
            let is_hub = text.starts_with("docker.io/") && text.matches('/').count() < 2;
            if !text.contains(['/', ':']) || is_hub || text == "docker.io" {
                hits.at(name.lines, format!("{policy} permits all that begins with {text}"));
            }
        }
    }
}
