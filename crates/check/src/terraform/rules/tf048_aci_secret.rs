//! An Azure container group holds a secret
//!
//! Everyone who may read the group reads it.
//!
//! # Fix
//!
//! Use `secure_environment_variables`, or a vault.
//!
//! # Bad
//!
//! ```terraform
//! resource "azurerm_container_group" "main" {
//!   container {
//!     name  = "web"
//!     image = "web:1"
//!     environment_variables = {
//!       DB_PASSWORD = "correct-horse"
//!     }
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "azurerm_container_group" "main" {
//!   container {
//!     name  = "web"
//!     image = "web:1"
//!     secure_environment_variables = {
//!       DB_PASSWORD = var.password
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::secret_name;
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF048",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf048_aci_secret.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("azurerm_container_group") {
        for container in block.nested("container").unwrap_or_default() {
            let variables = container.get("environment_variables").map_or(&[][..], Node::entries);
            for entry in variables {
                let is_literal = entry.value.text().is_some_and(secret_name::is_literal);
                if is_literal && secret_name::is_secret(&entry.key) {
                    hits.at(entry.lines, format!("{block} holds the value of {}", entry.key));
                }
            }
        }
    }
}
