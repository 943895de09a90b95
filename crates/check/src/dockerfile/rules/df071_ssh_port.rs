//! Port 22 is exposed
//!
//! A container with a shell to log in to is one that is changed by hand, and one more way in.
//!
//! # Fix
//!
//! Leave SSH out of the image; `docker exec` and the like need none.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 22
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 8022
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF071",
    aliases: &["DS-0004", "DS004", "AVD-DS-0004", "docker-no-ssh-port", "no-ssh-port"],
    severity: Severity::Medium,
    file: include_str!("df071_ssh_port.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Expose(words) = &instruction.kind else { continue };
        if words.iter().any(|word| word.split('/').next() == Some("22")) {
            hits.at(instruction.lines, "port 22 is for SSH");
        }
    }
}
