//! What is downloaded is not checked
//!
//! Whoever serves the address, or is between it and the build, says what is in the image; and when
//! it changes, nobody knows.
//!
//! # Fix
//!
//! Compare a checksum (`sha256sum -c`) or a signature in the same `RUN`, or use `ADD --checksum`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -fsSLo /usr/bin/tool https://example.com/tool
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -fsSLo /usr/bin/tool https://example.com/tool && echo "24454f83 /usr/bin/tool" | sha256sum -c
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -f https://example.com/health
//! ```

use crate::dockerfile::{Command, Input, Script};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF101",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df101_download_unchecked.rs"),
    check,
};

const CHECKS: [&str; 16] = [
    "b2sum", "cosign", "gpg", "gpgv", "md5sum", "minisign", "openssl", "rekor-cli", "rpmkeys",
    "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "shasum", "slsa-verifier",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, run) in super::scripts(input) {
        let script = &run.script;
        let is_checked = script.any(|command| {
            command.is_any(&CHECKS)
                || command.is_any(&["curl"]) && command.has_flag(&["pinnedpubkey"])
        });
        if is_checked {
            continue;
        }
        let piped = piped(script);
        for (index, command) in script.commands.iter().enumerate() {
            let is_web = command.args().iter().any(|word| super::is_web(&word.text));
            if is_web && (piped.contains(&index) || is_saved(command)) {
                hits.at(command.lines(), "a download is kept without a look at its checksum");
            }
        }
    }
}

/// The commands whose output is unpacked or kept by another.
fn piped(script: &Script) -> BTreeSet<usize> {
    let mut piped = BTreeSet::new();
    for pipeline in &script.pipelines {
        let keeper = pipeline.elements.iter().rposition(|&(first, end)| {
            let commands = script.commands.get(first..end).unwrap_or_default();
            commands.iter().any(|c| c.is_any(&["tar", "bsdtar", "cpio", "unzip", "tee"]))
        });
        let before = pipeline.elements.iter().take(keeper.unwrap_or(0));
        piped.extend(before.flat_map(|&(first, end)| first..end));
    }
    piped
}

/// Whether a download goes to a file.
fn is_saved(command: &Command) -> bool {
    let is_redirected = command.redirections.iter().any(|redirection| {
        redirection.operator.starts_with('>') && !redirection.target.text.starts_with("/dev/")
    });
    match command.program() {
        Some("curl") => {
            is_redirected
                || command.has_flag(&["O", "remote-name", "remote-name-all"])
                || command.has_flag(&["o", "output"])
                    && !command.args().iter().any(|w| w.text == "/dev/null" || w.text == "-")
        }
        Some("wget") => {
            let is_shown = command.has_flag(&["O", "output-document"])
                && command.args().iter().any(|word| {
                    word.text == "-" || word.text.ends_with("O-") || word.text == "/dev/null"
                });
            is_redirected || !is_shown && !command.has_flag(&["spider"])
        }
        _ => false,
    }
}
