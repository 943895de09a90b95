//! `ARG` or `ENV` holds a secret, by its name
//!
//! What `ENV` sets is in the image for everybody to read, and what an `ARG` was is in its history.
//!
//! # Fix
//!
//! Mount it where it is needed (`RUN --mount=type=secret`), and set it when running.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ARG GITHUB_TOKEN
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ENV DB_PASSWORD=hunter2
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENV DB_PASSWORD_FILE=/run/secrets/db
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --mount=type=secret,id=token make
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF096",
    aliases: &["DL3064", "DS-0031", "DS031", "AVD-DS-0031", "docker-do-not-pass-secrets", "do-not-pass-secrets", "SecretsUsedInArgOrEnv"],
    severity: Severity::High,
    file: include_str!("df096_secret_name.rs"),
    check,
};

/// Words that stand for secrets as a part of a name between underscores.
const PARTS: [&str; 3] = ["private", "token", "tokens"];

/// What stands for secrets anywhere in a name.
const ANYWHERE: [&str; 10] = [
    "access_key", "accesskey", "api_key", "apikey", "client_key", "passphrase", "passwd",
    "password", "private_key", "secret",
];

/// Names that none of these are in.
const NAMES: [&str; 4] =
    ["APPLICATION_KEY", "AZURE_CLIENT_ID", "OKTA_OAUTH2_CLIENTSECRET", "SECRET_KEY_BASE"];

/// Endings of names of which the value says where a secret is, and is none.
const PLACES: [&str; 5] = ["_file", "_path", "_dir", "_name", "_url"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let names: Vec<&str> = match &instruction.kind {
            Kind::Arg(arguments) => arguments.iter().map(|a| a.name.as_str()).collect(),
            Kind::Env(env) => env.pairs.iter().map(|pair| pair.name.as_str()).collect(),
            _ => continue,
        };
        for name in names.into_iter().filter(|name| is_secret(name)) {
            let keyword = instruction.keyword.to_ascii_uppercase();
            hits.at(instruction.lines, format!("{keyword} holds a secret: `{name}`"));
        }
    }
}

fn is_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    if NAMES.iter().any(|known| upper.ends_with(known)) {
        return true;
    }
    let lower = name.to_ascii_lowercase();
    let is_place = PLACES.iter().any(|ending| lower.ends_with(ending));
    !is_place
        && (lower.split(['_', '-', '.']).any(|part| PARTS.contains(&part))
            || ANYWHERE.iter().any(|part| lower.contains(part)))
}
