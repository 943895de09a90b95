//! An Azure registry lets everyone pull
//!
//! Images, and what is in them, are public.
//!
//! # Fix
//!
//! Remove `anonymous_pull_enabled`.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_container_registry" "main" {
//!   anonymous_pull_enabled = true
//! }
//! ```
//!
//! # Good
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
    id: "TF046",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf046_acr_anonymous.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_container_registry") {
        block.forbid(&["anonymous_pull_enabled"], is_yes, hits, "lets everyone pull");
    }
}
