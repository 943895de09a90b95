//! `gem install` makes documentation
//!
//! Documentation takes minutes to make and room in the image, where nobody reads it.
//!
//! # Fix
//!
//! Add `--no-document`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM ruby:3.3
//! RUN gem install rails:7.2.1
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM ruby:3.3
//! RUN gem install --no-document rails:7.2.1
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF054",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df054_gem_documentation.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if !package::gem(command).is_empty()
            && !command.has_flag(&["no-document", "no-doc", "no-ri", "no-rdoc", "N"])
        {
            hits.at(command.lines(), "`gem install` without `--no-document`");
        }
    }
}
