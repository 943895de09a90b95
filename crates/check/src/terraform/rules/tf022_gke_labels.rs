//! A GKE cluster has no labels
//!
//! Nobody can tell whose it is and what it costs.
//!
//! # Fix
//!
//! Set `resource_labels`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource_labels = {
//!   team = "shop"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF022",
    aliases: &["GCP-0051", "AVD-GCP-0051", "use-cluster-labels", "google-gke-use-cluster-labels"],
    severity: Severity::Low,
    file: include_str!("tf022_gke_labels.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        block.require(&["resource_labels"], |node| !node.is_empty(), hits, "has no labels");
    }
}
