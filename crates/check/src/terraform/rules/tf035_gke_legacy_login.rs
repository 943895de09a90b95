//! A GKE cluster lets in by certificate or password
//!
//! Neither can be taken back, nor tells who it was.
//!
//! # Fix
//!
//! Set `issue_client_certificate = false` and no `username`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   master_auth {
//!     client_certificate_config {
//!       issue_client_certificate = true
//!     }
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   master_auth {
//!     username = "admin"
//!     password = "x"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   master_auth {
//!     client_certificate_config {
//!       issue_client_certificate = false
//!     }
//!   }
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
use crate::terraform::block::is_yes;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF035",
    aliases: &[
        "GCP-0064",
        "AVD-GCP-0064",
        "no-legacy-authentication",
        "google-gke-no-legacy-authentication",
    ],
    severity: Severity::High,
    file: include_str!("tf035_gke_legacy_login.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        let path = ["master_auth", "client_certificate_config", "issue_client_certificate"];
        block.forbid(&path, is_yes, hits, "lets in by certificate");
        let is_set = |node: &Node| !node.is_empty();
        block.forbid(&["master_auth", "username"], is_set, hits, "lets in by password");
    }
}
