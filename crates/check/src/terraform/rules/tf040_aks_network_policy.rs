//! An AKS cluster heeds no network policies
//!
//! Every pod reaches every other, whatever policies say.
//!
//! # Fix
//!
//! Set `network_profile.network_policy`.
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
//!   network_profile {
//!     network_plugin = "azure"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   network_profile {
//!     network_plugin = "azure"
//!     network_policy = "cilium"
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF040",
    aliases: &[
        "AZU-0043",
        "AVD-AZU-0043",
        "configured-network-policy",
        "azure-container-configured-network-policy",
    ],
    severity: Severity::High,
    file: include_str!("tf040_aks_network_policy.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        block.require(
            &["network_profile", "network_policy"],
            |node| !node.is_empty(),
            hits,
            "heeds no network policies",
        );
    }
}
