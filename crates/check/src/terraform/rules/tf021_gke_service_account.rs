//! GKE nodes have the default service account
//!
//! It may edit the whole project, and every pod that reaches the metadata has it.
//!
//! # Fix
//!
//! Make a service account for nodes and set `node_config.service_account`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   cluster = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     machine_type = "e2-medium"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   node_config {
//!     service_account = google_service_account.nodes.email
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   remove_default_node_pool = true
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_autopilot = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::terraform::block::is_yes;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF021",
    aliases: &["GCP-0050", "AVD-GCP-0050", "use-service-account", "google-gke-use-service-account"],
    severity: Severity::Medium,
    file: include_str!("tf021_gke_service_account.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in
        configuration.resources_of(&["google_container_cluster", "google_container_node_pool"])
    {
        let has_none = ["remove_default_node_pool", "enable_autopilot"]
            .iter()
            .any(|name| matches!(block.find(&[name]), Found::Known(node) if is_yes(node)));
        let is_other = |node: &Node| !node.is_empty() && node.text() != Some("default");
        if !has_none {
            let path = ["node_config", "service_account"];
            block.require(&path, is_other, hits, "has the default service account");
        }
    }
}
