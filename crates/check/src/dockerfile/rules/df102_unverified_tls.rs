//! A certificate is not looked at
//!
//! Whoever is between the build and the server says what is downloaded.
//!
//! # Fix
//!
//! Leave the option away; add the certificate of your own authority to the image if need be.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -k https://example.com/
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget --no-check-certificate https://example.com/
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl https://example.com/
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF102",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df102_unverified_tls.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_off = match command.program() {
            Some("curl") => curl_is_off(command),
            Some("wget") => command.has_flag(&["no-check-certificate"]),
            Some("aria2c") => {
                command.args().iter().any(|word| word.text == "--check-certificate=false")
            }
            Some("http" | "https") => {
                command.args().iter().any(|word| matches!(word.text.as_str(), "--verify=no"))
            }
            _ => false,
        };
        if is_off {
            let program = command.program().unwrap_or_default();
            hits.at(command.lines(), format!("`{program}` trusts any certificate"));
        }
    }
}

/// Options of `curl` with a value, which may hold a `k`.
const VALUED: &str = "AbCcDdEeFHhKmoPQrTtUuwXxYyz";

fn curl_is_off(command: &Command) -> bool {
    command.args().iter().any(|word| {
        word.text == "--insecure"
            || word.text == "--proxy-insecure"
            || word.text.strip_prefix('-').is_some_and(|cluster| {
                !cluster.starts_with('-')
                    && cluster.chars().take_while(|c| !VALUED.contains(*c)).any(|c| c == 'k')
            })
    })
}
