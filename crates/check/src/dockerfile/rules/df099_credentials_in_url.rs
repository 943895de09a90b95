//! An address has a password in it
//!
//! The command is in the image's history, and a remote address of Git's is in `.git/config`.
//!
//! # Fix
//!
//! Mount the secret (`RUN --mount=type=secret`, `--mount=type=ssh`).
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN git clone https://me:hunter2@example.com/a.git
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ENV PIP_INDEX_URL=https://me:hunter2@example.com/
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN git clone https://${USER}:${PASS}@example.com/a.git
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF099",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df099_credentials_in_url.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let values = command.assignments.iter().map(|assignment| &assignment.value);
        for word in command.words.iter().chain(values) {
            if let Some(host) = with_password(&word.text) {
                hits.at(command.lines(), format!("a password for `{host}`"));
            }
        }
    }
    for instruction in input.file.each() {
        let values: Vec<&str> = match &instruction.kind {
            Kind::Env(env) => env.pairs.iter().map(|pair| pair.value.as_str()).collect(),
            Kind::Arg(args) => args.iter().filter_map(|a| a.default.as_deref()).collect(),
            Kind::Add(transfer) => transfer.sources.iter().map(String::as_str).collect(),
            _ => continue,
        };
        for host in values.into_iter().filter_map(with_password) {
            hits.at(instruction.lines, format!("a password for `{host}`"));
        }
    }
}

/// The host of an address with a password that is no variable.
fn with_password(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, host) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    (!password.is_empty() && !password.contains('$') && !password.starts_with('<')).then_some(host)
}
