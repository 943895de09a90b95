//! `npm install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package@1.2.3`), or install what `package-lock.json` says with `npm ci`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm install -g express
//! ```
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm install @scope/name
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm install -g express@4.21.1 @scope/name@1
//! ```
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm ci
//! ```
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm install ./app
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF050",
    aliases: &["DL3016"],
    severity: Severity::Low,
    file: include_str!("df050_npm_unpinned.rs"),
    check,
};

const GIT: [&str; 4] = ["git://", "git+ssh://", "git+http://", "git+https://"];

fn is_pinned(name: &str) -> bool {
    if GIT.iter().any(|scheme| name.starts_with(scheme)) {
        return name.contains('#');
    }
    let is_path = ["/", "./", "../", "~/"].iter().any(|start| name.starts_with(start));
    let is_file = [".tar", ".tar.gz", ".tgz"].iter().any(|extension| name.ends_with(extension));
    is_path || is_file || name == "." || name.get(1..).is_some_and(|rest| rest.contains('@'))
}

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::npm(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !is_pinned(name))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
