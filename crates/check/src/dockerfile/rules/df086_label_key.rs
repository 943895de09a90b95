//! A label has a name it should not have
//!
//! Names are lower-case letters, digits, dots, dashes and underscores, and begin with a letter.
//! `com.docker`, `io.docker` and `org.dockerproject` are Docker's own.
//!
//! # Fix
//!
//! Rename the label, best to a domain of yours read backwards.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL Vendor="a"
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.docker.x="a"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL com.example.vendor="a"
//! ```

use crate::dockerfile::{Input, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF086",
    aliases: &["DL3048"],
    severity: Severity::Low,
    file: include_str!("df086_label_key.rs"),
    check,
};

const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, pair) in label::labels(input) {
        let name = &pair.name;
        if RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
            hits.at(instruction.lines, format!("the name `{name}` is reserved"));
        } else if !is_good(name) {
            hits.at(instruction.lines, format!("`{name}` is no good name for a label"));
        }
    }
}

fn is_good(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'))
        && !name.contains("..")
        && !name.contains("--")
}
