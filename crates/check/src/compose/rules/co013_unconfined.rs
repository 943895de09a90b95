//! A profile that holds containers is switched off
//!
//! Without seccomp, AppArmor or SELinux every system call and every file that user may touch is
//! within reach.
//!
//! # Fix
//!
//! Remove it from `security_opt`.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     security_opt: ["seccomp:unconfined"]
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     security_opt: ["apparmor=unconfined"]
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     security_opt: ["label:disable"]
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     security_opt: ["no-new-privileges:true"]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO013",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co013_unconfined.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for node in service.list("security_opt") {
            let option = node.text().unwrap_or_default().replace('=', ":");
            if option.ends_with(":unconfined") || option == "label:disable" {
                hits.at(node.lines, format!("{service} has {option}"));
            }
        }
    }
}
