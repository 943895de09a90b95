//! `DEBIAN_FRONTEND` is set for good
//!
//! Set with `ENV`, it holds in every container and in every image built from this one, where
//! somebody may want to be asked.
//!
//! # Fix
//!
//! Set it with `ARG`, or before the one command.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENV DEBIAN_FRONTEND=noninteractive
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ARG DEBIAN_FRONTEND=noninteractive
//! RUN DEBIAN_FRONTEND=noninteractive apt-get install -y tzdata
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF033",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df033_frontend.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let Kind::Env(env) = &instruction.kind else { continue };
        if env.pairs.iter().any(|pair| pair.name == "DEBIAN_FRONTEND" && !pair.value.is_empty()) {
            hits.at(instruction.lines, "DEBIAN_FRONTEND is set for every container");
        }
    }
}
