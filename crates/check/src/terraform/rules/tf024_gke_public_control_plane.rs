//! The API of a GKE cluster is open to every address
//!
//! Everyone can try credentials and flaws on it.
//!
//! # Fix
//!
//! Name the addresses of those who need it.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   master_authorized_networks_config {
//!     cidr_blocks {
//!       cidr_block = "0.0.0.0/0"
//!     }
//!   }
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
use crate::terraform::block::nested;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF024",
    aliases: &[
        "GCP-0053",
        "AVD-GCP-0053",
        "no-public-control-plane",
        "google-gke-no-public-control-plane",
    ],
    severity: Severity::High,
    file: include_str!("tf024_gke_public_control_plane.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        for networks in block.nested("master_authorized_networks_config").unwrap_or_default() {
            for range in nested(networks, "cidr_blocks").unwrap_or_default() {
                if range.text_at(&["cidr_block"]).is_some_and(|range| range.ends_with("/0")) {
                    hits.at(range.lines, format!("{block} is open to every address"));
                }
            }
        }
    }
}
