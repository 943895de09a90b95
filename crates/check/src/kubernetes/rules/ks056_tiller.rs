//! Tiller is deployed
//!
//! Tiller, of Helm 2, does for anyone who reaches it what it may do, and it may do everything.
//! It has had no fixes since 2020.
//!
//! # Fix
//!
//! Use Helm 3 or later, which has no Tiller.
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
//!       image: ghcr.io/helm/tiller:v2.17.0
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
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS056",
    aliases: &["KSV-0102", "KSV102", "AVD-KSV-0102", "no-tiller", "kubernetes-no-tiller"],
    severity: Severity::Critical,
    file: include_str!("ks056_tiller.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let is_tiller = |metadata: &Node| {
            let label = |name| metadata.text_at(&["labels", name]);
            metadata.text_at(&["name"]).is_some_and(|name| name.contains("tiller"))
                || label("name") == Some("tiller")
                || label("app") == Some("helm")
        };
        let own = pod.object.at(&["metadata"]);
        let is_named = own.into_iter().chain(pod.metadata).any(is_tiller);
        let has_image = pod.containers().any(|container| {
            container.image().and_then(Node::text).is_some_and(|name| name.contains("tiller"))
        });
        if is_named || has_image {
            hits.at(pod.object.head(), format!("{pod} is Tiller"));
        }
    }
}
