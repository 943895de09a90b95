//! Something is downloaded in the clear
//!
//! Whoever is between the build and the server can read it and put something else in its place.
//!
//! # Fix
//!
//! Use `https`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ADD http://example.com/x /x
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget -q http://example.com/x
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget -q https://example.com/x && curl http://localhost/
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF104",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df104_plain_http.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, _, transfer) in input.file.transfers() {
        for source in transfer.sources.iter().filter(|source| is_plain(source)) {
            hits.at(instruction.lines, format!("`{source}` is fetched in the clear"));
        }
    }
    for (_, command) in super::commands(input) {
        if !command.is_any(&["curl", "wget", "git"]) {
            continue;
        }
        for word in command.args().iter().filter(|word| is_plain(&word.text)) {
            hits.at(command.lines(), format!("`{}` is fetched in the clear", word.text));
        }
    }
}

/// Whether an address is of a server elsewhere that is asked in the clear.
fn is_plain(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("http://").or_else(|| text.strip_prefix("ftp://")) else {
        return text.starts_with("git://");
    };
    let host = rest.split(['/', ':', '?']).next().unwrap_or("");
    !matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[" | "") && !host.starts_with('$')
}
