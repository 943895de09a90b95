//! `go install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`module@v1.2.3`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN go install example.com/tool@latest
//! ```
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN go get example.com/tool
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN go install example.com/tool@v1.2.3
//! ```
//!
//! ```dockerfile
//! FROM golang:1.23
//! RUN go install ./...
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF055",
    aliases: &["DL3062"],
    severity: Severity::Low,
    file: include_str!("df055_go_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let operands = command.operands(&["tags", "ldflags", "C", "o", "p", "mod", "modfile"]);
        let action = operands.first().map(|word| word.text.as_str());
        if !command.is_any(&["go"]) || !matches!(action, Some("install" | "get" | "run")) {
            continue;
        }
        // What follows the package is for the program that is run.
        let taken = if action == Some("run") { 1 } else { operands.len() };
        let unpinned: Vec<&str> = operands
            .iter()
            .skip(1)
            .take(taken)
            .map(|word| word.text.as_str())
            .skip_while(|word| *word == "tool")
            .filter(|name| !is_pinned(name))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}

fn is_pinned(name: &str) -> bool {
    let is_own = name.starts_with(['.', '/']) || super::has_extension(name, ".go") || name.starts_with("${");
    match name.split_once('@') {
        Some((_, version)) => version != "latest",
        None => is_own,
    }
}
