//! `ARG` or `ENV` holds the name of an account
//!
//! The name of an account is half of what it takes to log in, and whoever builds or has the image
//! can read it. (A name that only the image knows, such as that of its own user, is no account:
//! ignore the rule there.)
//!
//! # Fix
//!
//! Mount it with the secret it belongs to (`RUN --mount=type=secret`), and set it when running.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENV DOCKER_USERNAME=me
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN --mount=type=secret,id=login make
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF119",
    aliases: &["DL3064"],
    severity: Severity::Low,
    file: include_str!("df119_account_name.rs"),
    check,
};

/// Variables of services that say who logs in, or to what.
const NAMES: [&str; 11] = [
    "CI_DEPLOY_USER",
    "DOCKER_EMAIL",
    "FACEBOOK_APP_ID",
    "HEROKU_API_USER",
    "OKTA_AUTHN_GROUPID",
    "OKTA_CLIENT_ORGURL",
    "OKTA_OAUTH2_CLIENTID",
    "STRIPE_DEVICE_NAME",
    "TRAVIS_OS_NAME",
    "TRAVIS_SECURE_ENV_VARS",
    "TRAVIS_SUDO",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let names: Vec<&str> = match &instruction.kind {
            Kind::Arg(arguments) => arguments.iter().map(|a| a.name.as_str()).collect(),
            Kind::Env(env) => env.pairs.iter().map(|pair| pair.name.as_str()).collect(),
            _ => continue,
        };
        for name in names {
            let is_part = name.split('_').any(|part| part.eq_ignore_ascii_case("username"));
            if is_part || NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                let keyword = instruction.keyword.to_ascii_uppercase();
                hits.at(instruction.lines, format!("{keyword} names an account: `{name}`"));
            }
        }
    }
}
