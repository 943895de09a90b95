//! An AKS cluster enforces no policies of Azure
//!
//! What the organization forbids is not forbidden in it.
//!
//! # Fix
//!
//! Set `azure_policy_enabled = true`.
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
//!   azure_policy_enabled = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::terraform::block::is_yes;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF042",
    aliases: &[
        "AZU-0066",
        "AVD-AZU-0066",
        "enable-azure-policy-addon",
        "azure-container-enable-azure-policy-addon",
    ],
    severity: Severity::Low,
    file: include_str!("tf042_aks_policy.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        let is_right = |node: &Node| is_yes(node);
        let is_met =
            [&["azure_policy_enabled"][..], &["addon_profile", "azure_policy", "enabled"][..]]
                .iter()
                .any(|path| match block.find(path) {
                    Found::Known(node) => is_right(node),
                    Found::Unknown => true,
                    Found::Absent => false,
                });
        if !is_met {
            hits.at(block.lines, format!("{block} enforces no policies"));
        }
    }
}
