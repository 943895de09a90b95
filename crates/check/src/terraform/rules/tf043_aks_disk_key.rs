//! Disks of AKS are not encrypted with a key of your own
//!
//! Without a key of your own you cannot say who may decrypt, see who did, or take it away.
//!
//! # Fix
//!
//! Set `disk_encryption_set_id`.
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
//!   disk_encryption_set_id = azurerm_disk_encryption_set.main.id
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF043",
    aliases: &[
        "AZU-0067",
        "AVD-AZU-0067",
        "enable-disk-encryption",
        "azure-container-enable-disk-encryption",
    ],
    severity: Severity::Low,
    file: include_str!("tf043_aks_disk_key.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_kubernetes_cluster") {
        block.require(
            &["disk_encryption_set_id"],
            |node| !node.is_empty(),
            hits,
            "is not encrypted with a key of your own",
        );
    }
}
