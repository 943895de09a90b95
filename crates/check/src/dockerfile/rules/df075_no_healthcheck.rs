//! There is no `HEALTHCHECK`
//!
//! Without one, Docker knows only that the process is there, not that it does anything. (Kubernetes
//! does not look at it: ignore the rule for images that run nowhere else.)
//!
//! # Fix
//!
//! Add a `HEALTHCHECK`, or `HEALTHCHECK NONE` if there is nothing to check.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["/app"]
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! HEALTHCHECK CMD ["/app", "--check"]
//! CMD ["/app"]
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! HEALTHCHECK NONE
//! FROM base
//! ```

use crate::dockerfile::{Input, Kind, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF075",
    aliases: &["DL3057", "DS-0026", "DS026", "AVD-DS-0026", "docker-no-healthcheck", "no-healthcheck"],
    severity: Severity::Low,
    file: include_str!("df075_no_healthcheck.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let stages = input.file.final_line();
    let Some(last) = input.file.stages.last() else { return };
    let is_there = input.file.instructions.iter().any(|instruction| {
        matches!(instruction.kind, Kind::Healthcheck(_))
            && instruction.stage.is_some_and(|stage| stages.contains(&stage))
    });
    if !is_there {
        hits.at(image::lines(input, last), "no HEALTHCHECK in the last stage");
    }
}
