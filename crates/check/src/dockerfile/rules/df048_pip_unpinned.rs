//! `pip install` installs whatever version there is
//!
//! The same file builds something else when the repository has something else, and what was tested
//! is not what is shipped.
//!
//! # Fix
//!
//! Name versions (`package==1.2.3`), or install from a file that does.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install flask
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN python -m pip install git+https://github.com/a/b.git
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install flask==3.0.3
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install -r requirements.txt
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install ./app
//! ```

use crate::dockerfile::{Input, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF048",
    aliases: &["DL3013"],
    severity: Severity::Low,
    file: include_str!("df048_pip_unpinned.rs"),
    check,
};

/// Version control systems that `pip` knows.
const VCS: [&str; 4] = ["git", "hg", "svn", "bzr"];

fn is_pinned(name: &str) -> bool {
    let scheme = name.split("://").next().unwrap_or("").split('+').next().unwrap_or("");
    if name.contains("://") && VCS.contains(&scheme) {
        // A user before the host has an `@` too.
        let path = name.split("://").nth(1).and_then(|rest| rest.split_once('/'));
        return path.is_some_and(|(_, path)| path.contains('@'));
    }
    name.contains(['=', '<', '>', '/'])
        || name.contains("!=")
        || [".whl", ".tar.gz", ".zip"].iter().any(|extension| name.ends_with(extension))
}

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let unpinned: Vec<&str> = package::pip(command)
            .into_iter()
            .map(|word| word.text.as_str())
            .filter(|name| !is_pinned(name))
            .collect();
        if !unpinned.is_empty() {
            hits.at(command.lines(), format!("without a version: {}", super::listed(unpinned)));
        }
    }
}
