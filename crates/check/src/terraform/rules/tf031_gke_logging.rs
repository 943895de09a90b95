//! A GKE cluster does not log
//!
//! Nobody can tell later what happened.
//!
//! # Fix
//!
//! Remove `logging_service = "none"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   logging_service = "none"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   logging_service = "logging.googleapis.com/kubernetes"
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
    id: "TF031",
    aliases: &[
        "GCP-0060",
        "AVD-GCP-0060",
        "enable-stackdriver-logging",
        "google-gke-enable-stackdriver-logging",
    ],
    severity: Severity::Low,
    file: include_str!("tf031_gke_logging.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.forbid(
            &["logging_service"],
            |node| node.text().is_some_and(|name| name != "logging.googleapis.com/kubernetes"),
            hits,
            "does not log",
        );
    }
}
