//! A file that holds secrets is copied into the image
//!
//! Whoever has the image has the file, also when a later layer removes it.
//!
//! # Fix
//!
//! Mount it where it is needed while building (`RUN --mount=type=secret`), and when running.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY id_rsa /root/.ssh/id_rsa
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY .env /app/
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY id_rsa.pub /root/.ssh/authorized_keys
//! COPY .env.example /app/
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF067",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df067_copied_secret.rs"),
    check,
};

const NAMES: [&str; 17] = [
    ".aws", ".dockerconfigjson", ".env", ".git-credentials", ".htpasswd", ".kube", ".netrc", ".npmrc",
    ".pgpass", ".pypirc", ".ssh", ".vault-token", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa",
    "kubeconfig",
];

const EXTENSIONS: [&str; 5] = [".key", ".p12", ".pfx", ".jks", ".keystore"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, _, transfer) in input.file.transfers() {
        if instruction.flag("from").is_some() || !input.file.is_kept(instruction) {
            continue;
        }
        for source in &transfer.sources {
            let is_named = source.split('/').any(|part| NAMES.contains(&part));
            let is_key = EXTENSIONS.iter().any(|extension| source.ends_with(extension));
            if !super::is_web(source) && (is_named || is_key) {
                hits.at(instruction.lines, format!("`{source}` is copied into the image"));
            }
        }
    }
}
