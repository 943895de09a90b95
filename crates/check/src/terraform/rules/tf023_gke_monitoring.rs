//! A GKE cluster is not monitored
//!
//! Nobody sees that it is in trouble.
//!
//! # Fix
//!
//! Remove `monitoring_service = "none"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   monitoring_service = "none"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   monitoring_service = "monitoring.googleapis.com/kubernetes"
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
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF023",
    aliases: &[
        "GCP-0052",
        "AVD-GCP-0052",
        "enable-stackdriver-monitoring",
        "google-gke-enable-stackdriver-monitoring",
    ],
    severity: Severity::Low,
    file: include_str!("tf023_gke_monitoring.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.forbid(
            &["monitoring_service"],
            |node| node.text().is_some_and(|name| name != "monitoring.googleapis.com/kubernetes"),
            hits,
            "is not monitored",
        );
    }
}
