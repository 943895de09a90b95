//! A process may gain privileges
//!
//! A set-user-id program in the image gives its caller more rights than the container was
//! started with.
//!
//! # Fix
//!
//! Set `security_opt: ["no-new-privileges:true"]`.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     security_opt:
//!       - no-new-privileges:true
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO012",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("co012_new_privileges.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        let is_set = |node: &Node| {
            let option = node.text().unwrap_or_default().replace('=', ":");
            option == "no-new-privileges" || option == "no-new-privileges:true"
        };
        if !service.list("security_opt").iter().any(is_set) {
            hits.at(service.lines, format!("{service} lets processes gain privileges"));
        }
    }
}
