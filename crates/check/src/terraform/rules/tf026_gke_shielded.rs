//! GKE nodes do not prove who they are
//!
//! Without shielded nodes whoever takes the credentials of one can join as another.
//!
//! # Fix
//!
//! Remove `enable_shielded_nodes = false`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_shielded_nodes = false
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_shielded_nodes = true
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   name = "main"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_no;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF026",
    aliases: &[
        "GCP-0055",
        "AVD-GCP-0055",
        "node-shielding-enabled",
        "google-gke-node-shielding-enabled",
    ],
    severity: Severity::High,
    file: include_str!("tf026_gke_shielded.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.forbid(
            &["enable_shielded_nodes"],
            is_no,
            hits,
            "has nodes that do not prove who they are",
        );
    }
}
