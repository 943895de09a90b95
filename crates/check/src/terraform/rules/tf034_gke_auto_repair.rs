//! GKE nodes are not repaired
//!
//! A node that is ill stays so.
//!
//! # Fix
//!
//! Set `management.auto_repair = true`.
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
//!     auto_repair = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_node_pool" "main" {
//!   management {
//!     auto_repair = true
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF034",
    aliases: &["GCP-0063", "AVD-GCP-0063", "enable-auto-repair", "google-gke-enable-auto-repair"],
    severity: Severity::Low,
    file: include_str!("tf034_gke_auto_repair.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_node_pool") {
        block.require(&["management", "auto_repair"], is_yes, hits, "is not repaired");
    }
}
