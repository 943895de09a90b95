//! `MAINTAINER` is deprecated
//!
//! It is of no use to programs, and has been deprecated since Docker 1.13.
//!
//! # Fix
//!
//! Use `LABEL org.opencontainers.image.authors`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! MAINTAINER me@example.com
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL org.opencontainers.image.authors="me@example.com"
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF080",
    aliases: &["DL4000", "DS-0022", "DS022", "AVD-DS-0022", "docker-no-maintainer", "no-maintainer", "MaintainerDeprecated"],
    severity: Severity::Low,
    file: include_str!("df080_maintainer.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        if matches!(instruction.kind, Kind::Maintainer(_)) {
            hits.at(instruction.lines, "MAINTAINER is deprecated");
        }
    }
}
