//! An AKS cluster does not log
//!
//! Nobody can tell later what happened in it.
//!
//! # Fix
//!
//! Add `oms_agent` with a workspace.
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
//!   addon_profile {
//!     oms_agent {
//!       enabled = false
//!     }
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   oms_agent {
//!     log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::terraform::block::find;
use crate::terraform::block::is_no;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF037",
    aliases: &["AZU-0040", "AVD-AZU-0040", "logging", "azure-container-logging"],
    severity: Severity::Medium,
    file: include_str!("tf037_aks_logging.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        let is_right = |node: &Node| !matches!(find(node, &["enabled"]), Found::Known(option) if is_no(option));
        let is_met =
            [&["oms_agent"][..], &["addon_profile", "oms_agent"][..]].iter().any(
                |path| match block.find(path) {
                    Found::Known(node) => is_right(node),
                    Found::Unknown => true,
                    Found::Absent => false,
                },
            );
        if !is_met {
            hits.at(block.lines, format!("{block} does not log"));
        }
    }
}
