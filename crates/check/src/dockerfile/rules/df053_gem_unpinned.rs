//! `gem install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`gem:1.2.3`, or `--version`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM ruby:3.3
//! RUN gem install bundler
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM ruby:3.3
//! RUN gem install bundler:2.5.22
//! ```
//!
//! ```dockerfile
//! FROM ruby:3.3
//! RUN gem install bundler --version 2.5.22
//! ```

use crate::dockerfile::{Command, Input, Word, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF053",
    aliases: &["DL3028"],
    severity: Severity::Low,
    file: include_str!("df053_gem_unpinned.rs"),
    check,
};

fn gems(command: &Command) -> Vec<&Word> {
    let is_given = command.has_arg(&["-v", "--version"])
        || command.args().iter().any(|word| word.text.starts_with("--version="));
    if is_given { Vec::new() } else { package::gem(command) }
}

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = gems(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !name.contains(':') && !super::has_extension(name, ".gem"))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
