//! The API of an AKS cluster is open to every address
//!
//! Everyone can try credentials and flaws on it.
//!
//! # Fix
//!
//! Set `api_server_access_profile.authorized_ip_ranges`, or make the cluster private.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   api_server_access_profile {
//!     authorized_ip_ranges = ["0.0.0.0/0"]
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   api_server_access_profile {
//!     authorized_ip_ranges = ["203.0.113.0/24"]
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   private_cluster_enabled = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::terraform::block::is_yes;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF038",
    aliases: &[
        "AZU-0041",
        "AVD-AZU-0041",
        "limit-authorized-ips",
        "azure-container-limit-authorized-ips",
    ],
    severity: Severity::Critical,
    file: include_str!("tf038_aks_authorized_addresses.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        let is_right = |node: &Node| {
            is_yes(node)
                || (!node.items().is_empty() && !node.texts().any(|range| range.ends_with("/0")))
        };
        let is_met = [
            &["api_server_access_profile", "authorized_ip_ranges"][..],
            &["api_server_authorized_ip_ranges"][..],
            &["private_cluster_enabled"][..],
        ]
        .iter()
        .any(|path| match block.find(path) {
            Found::Known(node) => is_right(node),
            Found::Unknown => true,
            Found::Absent => false,
        });
        if !is_met {
            hits.at(block.lines, format!("{block} is open to every address"));
        }
    }
}
