//! Packages are installed without looking at their signatures
//!
//! Whoever is between the build and the repository says what is installed.
//!
//! # Fix
//!
//! Leave the option away, and add the repository's key.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y --allow-unauthenticated curl
//! ```
//!
//! ```dockerfile
//! FROM fedora:41
//! RUN dnf install -y --nogpgcheck curl
//! ```
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN apk add --allow-untrusted x.apk
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN echo "deb [trusted=yes] https://example.com/ x main" > /etc/apt/sources.list.d/x.list
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y curl
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF035",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df035_unsigned_packages.rs"),
    check,
};

const OPTIONS: [(&[&str], &[&str]); 5] = [
    (&["apt-get", "apt"], &["allow-unauthenticated", "force-yes", "allow-insecure-repositories"]),
    (&["yum", "dnf", "microdnf", "dnf5", "tdnf"], &["nogpgcheck", "no-gpgchecks"]),
    (&["zypper"], &["no-gpg-checks", "no-gpg-check", "allow-unsigned-rpm"]),
    (&["apk"], &["allow-untrusted"]),
    (&["rpm"], &["nosignature", "nodigest"]),
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let program = command.program().unwrap_or_default();
        for (programs, options) in OPTIONS {
            let is_given = |option: &&&str| command.has_flag(&[**option]);
            if let Some(option) = options.iter().find(|o| programs.contains(&program) && is_given(o)) {
                hits.at(command.lines(), format!("`{program} --{option}`"));
            }
        }
        let trusts = command.args().iter().any(|word| {
            let text: String = word.text.split_whitespace().collect();
            text.contains("trusted=yes") && word.text.contains("deb")
                || matches!(
                    text.to_ascii_lowercase().trim_start_matches("-o"),
                    "apt::get::allowunauthenticated=true" | "apt::get::allowunauthenticated=1"
                )
        });
        if trusts {
            hits.at(command.lines(), "a repository is trusted without its signature");
        }
    }
}
