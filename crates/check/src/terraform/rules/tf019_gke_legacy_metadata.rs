//! The legacy metadata of GKE nodes is on
//!
//! It hands the credentials of the node to whoever can make a pod send a request, without
//! asking for a header.
//!
//! # Fix
//!
//! Set `metadata = { disable-legacy-endpoints = "true" }`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     metadata = {
//!       disable-legacy-endpoints = "false"
//!     }
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   node_config {
//!     metadata = {
//!       disable-legacy-endpoints = "true"
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_no;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF019",
    aliases: &[
        "GCP-0048",
        "AVD-GCP-0048",
        "metadata-endpoints-disabled",
        "google-gke-metadata-endpoints-disabled",
    ],
    severity: Severity::High,
    file: include_str!("tf019_gke_legacy_metadata.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in
        configuration.resources_of(&["google_container_cluster", "google_container_node_pool"])
    {
        block.forbid(
            &["node_config", "metadata", "disable-legacy-endpoints"],
            is_no,
            hits,
            "has the legacy metadata on",
        );
    }
}
