//! The API of an AKS cluster has a public address
//!
//! Even limited to some addresses, it can be reached from outside the network.
//!
//! # Fix
//!
//! Set `private_cluster_enabled = true`.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   private_cluster_enabled = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF041",
    aliases: &[
        "AZU-0065",
        "AVD-AZU-0065",
        "enable-private-cluster",
        "azure-container-enable-private-cluster",
    ],
    severity: Severity::Medium,
    file: include_str!("tf041_aks_private.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        block.require(&["private_cluster_enabled"], is_yes, hits, "has a public address");
    }
}
