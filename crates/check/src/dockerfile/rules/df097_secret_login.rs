//! A `RUN` logs in with a secret
//!
//! What a program writes down of its credentials stays in the layer, and the command with its
//! arguments is in the history.
//!
//! # Fix
//!
//! Mount the secret (`RUN --mount=type=secret`), and log in within that one `RUN`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM amazon/aws-cli:2
//! RUN aws configure set aws_secret_access_key abc
//! ```
//!
//! ```dockerfile
//! FROM docker:27
//! RUN docker login -u me -p hunter2 example.com
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM amazon/aws-cli:2
//! RUN --mount=type=secret,id=aws aws configure set aws_secret_access_key $(cat /run/secrets/aws)
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF097",
    aliases: &["DS-0031", "DS031", "AVD-DS-0031", "docker-do-not-pass-secrets", "do-not-pass-secrets"],
    severity: Severity::High,
    file: include_str!("df097_secret_login.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, run) in super::scripts(input) {
        let is_mounted =
            instruction.mounts().any(|mount| mount.part(&["type"]) == Some("secret"));
        for command in run.script.commands.iter().filter(|c| !is_mounted && logs_in(c)) {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` is given credentials"));
        }
    }
}

fn logs_in(command: &Command) -> bool {
    let words: Vec<&str> = command.operands(&[]).iter().map(|word| word.text.as_str()).collect();
    let is_login = words.first() == Some(&"login");
    match command.program() {
        Some("aws") => words.starts_with(&["configure", "set"])
            && matches!(words.get(2), Some(&("aws_access_key_id" | "aws_secret_access_key" | "aws_session_token"))),
        Some("gcloud") => words.starts_with(&["auth", "activate-service-account"]),
        Some("az") => is_login,
        Some("docker" | "podman" | "buildah" | "skopeo" | "helm") => {
            words.contains(&"login") && command.has_flag(&["p", "password"])
        }
        Some("npm" | "yarn" | "pnpm") => words.first() == Some(&"config")
            && words.iter().any(|word| word.contains("_authToken") || word.contains("_password")),
        _ => false,
    }
}
