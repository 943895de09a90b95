//! GKE nodes have public addresses
//!
//! Each can be reached from the internet.
//!
//! # Fix
//!
//! Set `private_cluster_config.enable_private_nodes = true`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   private_cluster_config {
//!     enable_private_nodes = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   private_cluster_config {
//!     enable_private_nodes = true
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF030",
    aliases: &[
        "GCP-0059",
        "AVD-GCP-0059",
        "enable-private-cluster",
        "google-gke-enable-private-cluster",
    ],
    severity: Severity::Medium,
    file: include_str!("tf030_gke_private_nodes.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.require(
            &["private_cluster_config", "enable_private_nodes"],
            is_yes,
            hits,
            "gives its nodes public addresses",
        );
    }
}
