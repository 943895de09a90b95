//! A GKE cluster runs images nobody vouches for
//!
//! With binary authorization it runs only what was signed as the policy asks.
//!
//! # Fix
//!
//! Set `binary_authorization.evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   binary_authorization {
//!     evaluation_mode = "DISABLED"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   binary_authorization {
//!     evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "google_container_cluster" "main" {
//!   enable_binary_authorization = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF036",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("tf036_gke_binary_authorization.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("google_container_cluster") {
        if !matches!(block.find(&["enable_binary_authorization"]), Found::Absent) {
            continue;
        }
        let is_on = |node: &Node| node.text().is_some_and(|mode| mode.ends_with("ENFORCE"));
        let path = ["binary_authorization", "evaluation_mode"];
        block.require(&path, is_on, hits, "runs images nobody vouches for");
    }
}
