//! An AKS cluster does not ask what its users may do
//!
//! Without RBAC everyone who is let in may do everything.
//!
//! # Fix
//!
//! Remove `role_based_access_control_enabled = false`.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   role_based_access_control_enabled = false
//! }
//! ```
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   role_based_access_control {
//!     enabled = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   role_based_access_control_enabled = true
//! }
//! ```
//!
//! ```terraform
//! resource "azurerm_kubernetes_cluster" "main" {
//!   name = "main"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_no;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF039",
    aliases: &[
        "AZU-0042",
        "AVD-AZU-0042",
        "use-rbac-permissions",
        "azure-container-use-rbac-permissions",
    ],
    severity: Severity::High,
    file: include_str!("tf039_aks_rbac.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        for path in
            [&["role_based_access_control_enabled"][..], &["role_based_access_control", "enabled"]]
        {
            block.forbid(path, is_no, hits, "does not ask what its users may do");
        }
    }
}
