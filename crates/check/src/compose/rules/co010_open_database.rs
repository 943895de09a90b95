//! A database is open on all addresses of the host
//!
//! Docker publishes ports past the firewall of the host: the database is on the internet if the
//! host is.
//!
//! # Fix
//!
//! Publish it on `127.0.0.1`, or not at all: services of one network reach each other without.
//!
//! # Bad
//!
//! ```yaml
//! services:
//!   db:
//!     image: postgres:16.4
//!     ports: ["5432:5432"]
//! ```
//!
//! ```yaml
//! services:
//!   cache:
//!     image: redis:7.4
//!     ports:
//!       - target: 6379
//!         published: "6379"
//! ```
//!
//! # Good
//!
//! ```yaml
//! services:
//!   db:
//!     image: postgres:16.4
//!     ports: ["127.0.0.1:5432:5432"]
//! ```
//!
//! ```yaml
//! services:
//!   db:
//!     image: postgres:16.4
//!     expose: ["5432"]
//! ```
//!
//! ```yaml
//! services:
//!   web:
//!     image: registry.example/web:1.4
//!     ports: ["443:8443"]
//! ```

use crate::compose::Compose;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Compose> = Rule {
    id: "CO010",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("co010_open_database.rs"),
    check,
};

fn check(compose: &Compose, hits: &mut Hits<'_>) {
    for service in compose.services() {
        for port in service.ports() {
            let is_open = port.is_published
                && port.address.is_none_or(|address| matches!(address, "" | "0.0.0.0" | "::"));
            let Some(number) = port.target.filter(|number| DATABASES.contains(number)) else {
                continue;
            };
            if is_open {
                hits.at(port.lines, format!("{service} publishes port {number} on all addresses"));
            }
        }
    }
}

/// Ports of databases, queues and the like, and of Docker itself.
const DATABASES: [u16; 21] = [
    1433, 1521, 2375, 2376, 2379, 3306, 4369, 5432, 5672, 5984, 6379, 7000, 7687, 8086, 8123, 9042,
    9092, 9200, 9300, 11211, 27017,
];
