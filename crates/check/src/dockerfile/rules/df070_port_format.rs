//! `EXPOSE` names more than a port
//!
//! `EXPOSE` says what the program in the image listens on. Addresses and ports of the host are for
//! whoever runs it, and are dropped or refused.
//!
//! # Fix
//!
//! Write a port or a range, and `/tcp` or `/udp` in lower case.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 8080:80
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 53/UDP
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 80 53/udp 9000-9010/tcp ${PORT}
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF070",
    aliases: &["ExposeInvalidFormat", "ExposeProtoCasing"],
    severity: Severity::Low,
    file: include_str!("df070_port_format.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words.iter().filter(|word| !word.contains('$')) {
            let (port, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
            let (low, high) = port.split_once('-').unwrap_or((port, port));
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let is_good = is_number(low)
                && is_number(high)
                && matches!(protocol, "tcp" | "udp" | "sctp");
            if !is_good {
                hits.at(instruction.lines, format!("`{word}` is not port/protocol"));
            }
        }
    }
}
