//! AppArmor is switched off or replaced
//!
//! The runtime's own AppArmor profile denies what containers have no use for, such as writing
//! below `/proc`. Unconfined, a container is free of it.
//!
//! # Fix
//!
//! Remove the field or annotation, or set it to `RuntimeDefault` (`runtime/default`) or a
//! profile of the node (`Localhost`).
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
//!       image: registry.example/web:1.4
//!       securityContext:
//!         appArmorProfile:
//!           type: Unconfined
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   annotations:
//!     container.apparmor.security.beta.kubernetes.io/web: unconfined
//! spec:
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
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         appArmorProfile:
//!           type: RuntimeDefault
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//!   annotations:
//!     container.apparmor.security.beta.kubernetes.io/web: runtime/default
//! spec:
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
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS009",
    aliases: &[
        "KSV-0002",
        "KSV002",
        "AVD-KSV-0002",
        "use-default-apparmor-profile",
        "kubernetes-use-default-apparmor-profile",
    ],
    severity: Severity::Medium,
    file: include_str!("ks009_app_armor.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let profile = container.context("appArmorProfile").and_then(|profile| profile.get("type"));
        if let Some(kind) = profile
            && !matches!(kind.text(), Some("RuntimeDefault" | "Localhost") | None)
        {
            hits.at(kind.lines, format!("{container} runs without an AppArmor profile"));
        }
        let name = format!("container.apparmor.security.beta.kubernetes.io/{}", container.name());
        if let Some(node) = container.pod.annotation(&name)
            && let Some(profile) = node.text()
            && !matches!(profile, "" | "runtime/default")
            && !profile.starts_with("localhost/")
        {
            hits.at(node.lines, format!("{container} has the AppArmor profile `{profile}`"));
        }
    }
}
