//! A container is in the group of root
//!
//! Files of root's group can be read, and often written, by its processes.
//!
//! # Fix
//!
//! Set `runAsGroup`, `fsGroup` and `supplementalGroups` to other numbers.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     supplementalGroups: [0]
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```
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
//!       securityContext:
//!         runAsGroup: 0
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     fsGroup: 0
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
//!   securityContext:
//!     runAsGroup: 10001
//!     fsGroup: 10001
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS043",
    aliases: &[
        "KSV-0029",
        "KSV029",
        "AVD-KSV-0029",
        "no-run-root-gid",
        "kubernetes-no-run-root-gid",
        "KSV-0116",
        "KSV116",
        "AVD-KSV-0116",
        "primary-supplementary-gid",
        "kubernetes-primary-supplementary-gid",
    ],
    severity: Severity::Low,
    file: include_str!("ks043_root_group.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for pod in manifest.pods() {
        let own = ["runAsGroup", "fsGroup"].into_iter().filter_map(|name| pod.context(name));
        let more = pod.context("supplementalGroups").map_or(&[][..], Node::items);
        for group in own.chain(more).filter(|group| group.integer() == Some(0)) {
            hits.at(group.lines, format!("{pod} is in the group of root"));
        }
        for container in pod.containers() {
            let group = container.own_context("runAsGroup");
            if let Some(group) = group.filter(|group| group.integer() == Some(0)) {
                hits.at(group.lines, format!("{container} is in the group of root"));
            }
        }
    }
}
