//! `ADD` is used where `COPY` would do
//!
//! `ADD` unpacks archives and fetches from the web: what happens depends on what the file is, and
//! an archive may put files anywhere.
//!
//! # Fix
//!
//! Use `COPY`, but for archives and addresses.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ADD app /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ADD app.tar.gz /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ADD --checksum=sha256:24454f83 https://example.com/x /x
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF059",
    aliases: &["DL3020", "DS-0005", "DS005", "AVD-DS-0005", "docker-use-copy-over-add", "use-copy-over-add"],
    severity: Severity::Low,
    file: include_str!("df059_add.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, transfer) in input.file.transfers() {
        if is_copy || instruction.flags.iter().any(|flag| flag.name == "keep-git-dir") {
            continue;
        }
        // What the history of an image says of a `COPY` of older builders.
        let is_history = ["file:", "multi:", "dir:"].iter().any(|kind| {
            transfer.sources.first().is_some_and(|source| source.starts_with(kind))
        });
        let plain: Vec<&str> = transfer
            .sources
            .iter()
            .map(String::as_str)
            .filter(|source| !is_history && !is_special(source))
            .collect();
        if !plain.is_empty() {
            hits.at(instruction.lines, format!("COPY would do for {}", super::listed(plain)));
        }
    }
}

/// Whether `ADD` does something with it that `COPY` does not.
fn is_special(source: &str) -> bool {
    super::is_archive(source)
        || super::is_web(source)
        || source.starts_with("git@")
        || source.starts_with("ssh://")
        || source.starts_with("git://")
}
