//! `apk add` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package=1.2-r0` or `package~1.2`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add --no-cache curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add --no-cache curl=8.9.1-r1 git~2.45
//! ```
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add --no-cache --virtual .build gcc=13.2.1-r1
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF036",
    aliases: &["DL3018"],
    severity: Severity::Low,
    file: include_str!("df036_apk_unpinned.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::apk(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !name.contains(['=', '~', '<', '>', '/']) && !super::has_extension(name, ".apk"))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
