//! A secret is written into the Compose file
//!
//! It is in version control, and everyone who may inspect the container reads it.
//!
//! # Fix
//!
//! Use `secrets`, or take the value from the environment: `${DB_PASSWORD}`.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     environment:
//!       DB_PASSWORD: correct-horse
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     environment:
//!       - DB_PASSWORD=correct-horse
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     environment:
//!       DB_PASSWORD: ${DB_PASSWORD}
//!       DB_PASSWORD_FILE: /run/secrets/db
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     environment:
//!       - DB_PASSWORD
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use crate::secret_name;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO007",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co007_secret_in_environment.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for (name, value, lines) in service.environment() {
            let is_literal = value.as_deref().is_some_and(secret_name::is_literal);
            if is_literal && secret_name::is_secret(name) {
                hits.at(lines, format!("{service} has the value of {name} in its file"));
            }
        }
    }
}
