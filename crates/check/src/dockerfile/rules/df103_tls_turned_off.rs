//! A program is told to trust any certificate
//!
//! What is fetched later, by this image and by those built from it, is what whoever is in between
//! says it is.
//!
//! # Fix
//!
//! Add the certificate of your own authority to the image instead.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM node:22
//! RUN npm config set strict-ssl false
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN git config --global http.sslVerify false
//! ```
//!
//! ```dockerfile
//! FROM node:22
//! ENV NODE_TLS_REJECT_UNAUTHORIZED=0
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install --trusted-host example.com a==1
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM node:22
//! ENV NODE_EXTRA_CA_CERTS=/etc/ssl/own.pem
//! ```

use crate::dockerfile::{Command, Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF103",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df103_tls_turned_off.rs"),
    check,
};

/// Variables, and the values that turn certificates off.
const VARIABLES: [(&str, &[&str]); 7] = [
    ("GIT_SSL_NO_VERIFY", &["1", "true", "yes", "on"]),
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["0"]),
    ("NPM_CONFIG_STRICT_SSL", &["false"]),
    ("PYTHONHTTPSVERIFY", &["0"]),
    ("GOINSECURE", &["*"]),
    ("GONOSUMCHECK", &["1"]),
    ("GOFLAGS", &["-insecure"]),
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        if let Kind::Env(env) = &instruction.kind {
            for pair in env.pairs.iter().filter(|pair| is_off(&pair.name, &pair.value)) {
                hits.at(instruction.lines, format!("`{}={}`", pair.name, pair.value));
            }
        }
    }
    for (_, command) in super::commands(input) {
        for assignment in &command.assignments {
            if is_off(&assignment.name, &assignment.value.text) {
                hits.at(command.lines(), format!("`{}={}`", assignment.name, assignment.value.text));
            }
        }
        if let Some(what) = turned_off(command) {
            hits.at(command.lines(), format!("`{what}`"));
        }
    }
}

fn is_off(name: &str, value: &str) -> bool {
    VARIABLES.iter().any(|(variable, values)| {
        name.eq_ignore_ascii_case(variable) && values.iter().any(|v| v.eq_ignore_ascii_case(value))
    })
}

fn turned_off(command: &Command) -> Option<&'static str> {
    let has = |text: &str| command.args().iter().any(|word| word.text.eq_ignore_ascii_case(text));
    let is_set_to = |name: &str, value: &str| {
        let joined = format!("{name}={value}");
        has(&joined)
            || command.args().windows(2).any(|two| {
                matches!(two, [a, b] if a.text.eq_ignore_ascii_case(name) && b.text.eq_ignore_ascii_case(value))
            })
    };
    match command.program()? {
        "git" if is_set_to("http.sslVerify", "false") => Some("http.sslVerify false"),
        "npm" | "pnpm" if is_set_to("strict-ssl", "false") || has("--strict-ssl=false") => {
            Some("strict-ssl false")
        }
        "yarn" if is_set_to("strict-ssl", "false") || is_set_to("enableStrictSsl", "false") => {
            Some("strict-ssl false")
        }
        "export" | "env"
            if command.args().iter().any(|word| {
                word.text.split_once('=').is_some_and(|(name, value)| is_off(name, value))
            }) =>
        {
            Some("export")
        }
        "yum" | "dnf" | "microdnf" if has("--setopt=sslverify=false") || has("--setopt=sslverify=0") => {
            Some("sslverify=false")
        }
        "composer" if is_set_to("disable-tls", "true") => Some("disable-tls true"),
        program
            if (program.starts_with("pip") || program.starts_with("python"))
                && command.args().iter().any(|word| word.text.starts_with("--trusted-host")) =>
        {
            Some("--trusted-host")
        }
        _ => None,
    }
}
