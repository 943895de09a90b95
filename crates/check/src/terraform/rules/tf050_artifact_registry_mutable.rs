//! Tags in a Google registry can be moved
//!
//! Whoever may push can put other bytes under a tag that was tested and is running.
//!
//! # Fix
//!
//! Set `docker_config.immutable_tags = true`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_artifact_registry_repository" "main" {
//!   format = "DOCKER"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_artifact_registry_repository" "main" {
//!   format = "DOCKER"
//!   docker_config {
//!     immutable_tags = true
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF050",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf050_artifact_registry_mutable.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_artifact_registry_repository") {
        block.require(&["docker_config", "immutable_tags"], is_yes, hits, "lets tags be moved");
    }
}
