//! A GKE cluster heeds no network policies
//!
//! Every pod reaches every other, whatever policies say.
//!
//! # Fix
//!
//! Set `network_policy.enabled = true`, or `datapath_provider = "ADVANCED_DATAPATH"`.
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
//!   network_policy {
//!     enabled = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   network_policy {
//!     enabled = true
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   datapath_provider = "ADVANCED_DATAPATH"
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
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF027",
    aliases: &[
        "GCP-0056",
        "AVD-GCP-0056",
        "enable-network-policy",
        "google-gke-enable-network-policy",
    ],
    severity: Severity::Medium,
    file: include_str!("tf027_gke_network_policy.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        let has_other = ["datapath_provider", "enable_autopilot"].iter().any(|name| {
            match block.find(&[name]) {
                Found::Known(node) => is_yes(node) || node.text() == Some("ADVANCED_DATAPATH"),
                Found::Unknown => true,
                Found::Absent => false,
            }
        });
        if !has_other {
            let path = ["network_policy", "enabled"];
            block.require(&path, is_yes, hits, "heeds no network policies");
        }
    }
}
