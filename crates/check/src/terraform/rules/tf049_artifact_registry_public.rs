//! A Google registry lets everyone in
//!
//! `allUsers` is the whole world, `allAuthenticatedUsers` everyone with a Google account.
//!
//! # Fix
//!
//! Name those who need it.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_artifact_registry_repository_iam_member" "main" {
//!   role   = "roles/artifactregistry.reader"
//!   member = "allUsers"
//! }
//! ```
//!
//! ```terraform
//! resource "google_artifact_registry_repository_iam_binding" "main" {
//!   role    = "roles/artifactregistry.reader"
//!   members = ["allAuthenticatedUsers"]
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_artifact_registry_repository_iam_member" "main" {
//!   role   = "roles/artifactregistry.reader"
//!   member = "group:dev@example.com"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF049",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf049_artifact_registry_public.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    let member = configuration.resources("google_artifact_registry_repository_iam_member");
    let binding = configuration.resources("google_artifact_registry_repository_iam_binding");
    let is_all = |name: &str| matches!(name, "allUsers" | "allAuthenticatedUsers");
    for block in member.chain(binding) {
        let is_public = |node: &Node| node.text().is_some_and(is_all) || node.texts().any(is_all);
        block.forbid(&["member"], is_public, hits, "lets everyone in");
        block.forbid(&["members"], is_public, hits, "lets everyone in");
    }
}
