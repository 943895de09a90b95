//! The metadata of GKE nodes is open to pods
//!
//! Pods can take the credentials of their node from it.
//!
//! # Fix
//!
//! Set `workload_metadata_config { mode = "GKE_METADATA" }`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   node_config {
//!     workload_metadata_config {
//!       mode = "GCE_METADATA"
//!     }
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     workload_metadata_config {
//!       node_metadata = "EXPOSE"
//!     }
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   node_config {
//!     workload_metadata_config {
//!       mode = "GKE_METADATA"
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF028",
    aliases: &[
        "GCP-0057",
        "AVD-GCP-0057",
        "node-metadata-security",
        "google-gke-node-metadata-security",
    ],
    severity: Severity::High,
    file: include_str!("tf028_gke_node_metadata.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in
        configuration.resources_of(&["google_container_cluster", "google_container_node_pool"])
    {
        for name in ["mode", "node_metadata"] {
            let is_open = |node: &Node| {
                let open = ["EXPOSE", "EXPOSED", "UNSPECIFIED", "MODE_UNSPECIFIED", "GCE_METADATA"];
                node.text().is_some_and(|word| open.contains(&word))
            };
            let path = ["node_config", "workload_metadata_config", name];
            block.forbid(&path, is_open, hits, "opens the metadata of its nodes to pods");
        }
    }
}
