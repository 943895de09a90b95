//! A file with credentials is in the image, and a variable says where
//!
//! `GOOGLE_APPLICATION_CREDENTIALS` and the like name a file with a key. Within what is copied into
//! the image, whoever has the image has the key.
//!
//! # Fix
//!
//! Mount the file when running.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY src /app/
//! ENV GOOGLE_APPLICATION_CREDENTIALS=/app/key.json
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY config $AWS_CONFIG_FILE
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY src /app/
//! ENV GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/key.json
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF098",
    aliases: &["DS-0031", "DS031", "AVD-DS-0031", "docker-do-not-pass-secrets", "do-not-pass-secrets"],
    severity: Severity::High,
    file: include_str!("df098_secret_file_variable.rs"),
    check,
};

const NAMES: [&str; 4] = [
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "GOOGLE_APPLICATION_CREDENTIALS",
    "HF_TOKEN_PATH",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    let targets: Vec<String> =
        input.file.transfers().map(|(_, _, transfer)| plain(&transfer.target)).collect();
    for (instruction, _, transfer) in input.file.transfers() {
        let target = transfer.target.trim_start_matches('$').trim_matches(['{', '}']);
        if transfer.target.starts_with('$') && NAMES.contains(&target) {
            hits.at(instruction.lines, format!("credentials are copied to `{target}`"));
        }
    }
    for instruction in input.file.each() {
        let set: Vec<(&str, &str)> = match &instruction.kind {
            Kind::Env(env) => env.pairs.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect(),
            Kind::Arg(arguments) => arguments
                .iter()
                .map(|a| (a.name.as_str(), a.default.as_deref().unwrap_or("")))
                .collect(),
            _ => continue,
        };
        for (name, value) in set.into_iter().filter(|(name, value)| {
            NAMES.contains(name) && !value.is_empty() && !value.contains('$')
        }) {
            let file = plain(value);
            let is_copied = targets.iter().any(|target| {
                target.is_empty()
                    || file == *target
                    || file.strip_prefix(target.as_str()).is_some_and(|r| r.starts_with('/'))
            });
            if is_copied {
                hits.at(instruction.lines, format!("`{name}` is a file that is copied"));
            }
        }
    }
}

/// A path without what makes it absolute, so that paths from different folders compare.
fn plain(path: &str) -> String {
    let path = path.trim_matches('"');
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = if path == "." { "" } else { path };
    path.trim_matches('/').to_owned()
}
