//! GKE nodes do not run Container-Optimized OS
//!
//! Other systems have more in them than nodes need, and update themselves less surely.
//!
//! # Fix
//!
//! Set `image_type = "COS_CONTAINERD"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     image_type = "UBUNTU_CONTAINERD"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     image_type = "COS_CONTAINERD"
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF025",
    aliases: &["GCP-0054", "AVD-GCP-0054", "node-pool-uses-cos", "google-gke-node-pool-uses-cos"],
    severity: Severity::Low,
    file: include_str!("tf025_gke_cos.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in
        configuration.resources_of(&["google_container_cluster", "google_container_node_pool"])
    {
        block.forbid(
            &["node_config", "image_type"],
            |node| node.text().is_some_and(|name| !name.to_ascii_uppercase().starts_with("COS")),
            hits,
            "does not run Container-Optimized OS",
        );
    }
}
