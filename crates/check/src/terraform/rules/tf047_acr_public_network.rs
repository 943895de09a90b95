//! An Azure registry is on the internet
//!
//! Everyone can try credentials and flaws on it.
//!
//! # Fix
//!
//! Set `public_network_access_enabled = false` and use a private endpoint.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   name = "main"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   public_network_access_enabled = false
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_no;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF047",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf047_acr_public_network.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_container_registry") {
        block.require(&["public_network_access_enabled"], is_no, hits, "is on the internet");
    }
}
