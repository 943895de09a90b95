//! GKE nodes are not upgraded
//!
//! Fixes of the kernel and the kubelet wait until somebody thinks of them.
//!
//! # Fix
//!
//! Set `management.auto_upgrade = true`.
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
//! resource "google_container_node_pool" "main" {
//!   management {
//!     auto_upgrade = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   management {
//!     auto_upgrade = true
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF029",
    aliases: &["GCP-0058", "AVD-GCP-0058", "enable-auto-upgrade", "google-gke-enable-auto-upgrade"],
    severity: Severity::Low,
    file: include_str!("tf029_gke_auto_upgrade.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_node_pool") {
        block.require(&["management", "auto_upgrade"], is_yes, hits, "is not upgraded");
    }
}
