//! A port is out of range
//!
//! There are ports up to 65535.
//!
//! # Fix
//!
//! Name a port that there is.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 80000
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! EXPOSE 8080/tcp 9000-9010 $PORT
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF069",
    aliases: &["DL3011", "DS-0008", "DS008", "AVD-DS-0008", "docker-port-out-of-range", "port-out-of-range"],
    severity: Severity::Medium,
    file: include_str!("df069_port_range.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words {
            let numbers = word.split('/').next().unwrap_or(word);
            let is_over = numbers.split(['-', ':']).any(|number| {
                // So many digits that they are no number at all are too many, too.
                !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit())
                    && number.parse::<u16>().is_err()
            });
            if is_over {
                hits.at(instruction.lines, format!("`{word}` is more than 65535"));
            }
        }
    }
}
