//! A GKE cluster uses legacy authorization
//!
//! ABAC gives fixed, wide rights to every service account, whatever RBAC says.
//!
//! # Fix
//!
//! Remove `enable_legacy_abac`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_legacy_abac = true
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_legacy_abac = false
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
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF033",
    aliases: &[
        "GCP-0062",
        "AVD-GCP-0062",
        "use-rbac-permissions",
        "google-gke-use-rbac-permissions",
    ],
    severity: Severity::High,
    file: include_str!("tf033_gke_abac.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.forbid(&["enable_legacy_abac"], is_yes, hits, "uses legacy authorization");
    }
}
