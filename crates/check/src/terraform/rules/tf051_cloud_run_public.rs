//! A Cloud Run service answers everyone
//!
//! `allUsers` may call it without logging in.
//!
//! # Fix
//!
//! Name those who call it, unless it is a site for all.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_cloud_run_v2_service_iam_member" "main" {
//!   role   = "roles/run.invoker"
//!   member = "allUsers"
//! }
//! ```
//!
//! ```terraform
//! resource "google_cloud_run_service_iam_member" "main" {
//!   role   = "roles/run.invoker"
//!   member = "allUsers"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_cloud_run_v2_service_iam_member" "main" {
//!   role   = "roles/run.invoker"
//!   member = "serviceAccount:web@example.iam.gserviceaccount.com"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF051",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf051_cloud_run_public.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    let of = ["google_cloud_run_service_iam_member", "google_cloud_run_v2_service_iam_member"];
    for block in configuration.resources_of(&of) {
        let is_all =
            |node: &Node| matches!(node.text(), Some("allUsers" | "allAuthenticatedUsers"));
        block.forbid(&["member"], is_all, hits, "answers everyone");
    }
}
