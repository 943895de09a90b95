//! An Azure registry has an administrator with a password
//!
//! It may do everything, and nobody can tell who it was.
//!
//! # Fix
//!
//! Remove `admin_enabled`, and give roles to identities.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   admin_enabled = true
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   admin_enabled = false
//! }
//! ```
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   name = "main"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF045",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf045_acr_admin.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_container_registry") {
        block.forbid(&["admin_enabled"], is_yes, hits, "has an administrator with a password");
    }
}
