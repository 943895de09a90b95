//! An AKS cluster has accounts of its own
//!
//! Their certificate is an administrator whom nobody can name, and who stays when people leave.
//!
//! # Fix
//!
//! Set `local_account_disabled = true` and let Entra ID say who is who.
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
//!   local_account_disabled = true
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF044",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf044_aks_local_accounts.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        block.require(&["local_account_disabled"], is_yes, hits, "has accounts of its own");
    }
}
