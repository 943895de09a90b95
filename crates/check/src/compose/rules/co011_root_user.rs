//! A service runs as root
//!
//! Root in a container is root on the host as soon as one wall between them has a hole.
//!
//! # Fix
//!
//! Set `user` to another, or leave it to the image.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     user: root
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     user: "0:0"
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     user: "1000:1000"
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO011",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("co011_root_user.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        let Some(node) = service.get("user") else { continue };
        let user = node.text().map(|user| user.split(':').next().unwrap_or(user));
        if node.integer() == Some(0) || matches!(user, Some("root" | "0")) {
            hits.at(node.lines, format!("{service} runs as root"));
        }
    }
}
