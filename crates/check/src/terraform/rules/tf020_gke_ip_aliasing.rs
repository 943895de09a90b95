//! A GKE cluster is not native to its network
//!
//! Its pods have routes in place of addresses of the network: firewalls cannot tell them apart.
//!
//! # Fix
//!
//! Add `ip_allocation_policy`.
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
//!   networking_mode = "ROUTES"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   ip_allocation_policy {}
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   networking_mode = "VPC_NATIVE"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF020",
    aliases: &["GCP-0049", "AVD-GCP-0049", "enable-ip-aliasing", "google-gke-enable-ip-aliasing"],
    severity: Severity::Low,
    file: include_str!("tf020_gke_ip_aliasing.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        let mode = block.find(&["networking_mode"]);
        let is_native = match mode {
            Found::Known(node) => node.text() == Some("VPC_NATIVE"),
            Found::Unknown => true,
            Found::Absent => false,
        };
        let is_autopilot = !matches!(block.find(&["enable_autopilot"]), Found::Absent);
        if !is_native && !is_autopilot {
            block.require(
                &["ip_allocation_policy"],
                |_| true,
                hits,
                "is not native to its network",
            );
        }
    }
}
