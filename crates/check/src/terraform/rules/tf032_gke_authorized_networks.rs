//! A GKE cluster does not say who may reach its API
//!
//! Everyone on the internet may.
//!
//! # Fix
//!
//! Add `master_authorized_networks_config`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   master_authorized_networks_config {
//!     cidr_blocks {
//!       cidr_block = "10.0.0.0/8"
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF032",
    aliases: &[
        "GCP-0061",
        "AVD-GCP-0061",
        "enable-master-networks",
        "google-gke-enable-master-networks",
    ],
    severity: Severity::High,
    file: include_str!("tf032_gke_authorized_networks.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.require(
            &["master_authorized_networks_config"],
            |_| true,
            hits,
            "does not say who may reach its API",
        );
    }
}
