//! No user is set
//!
//! Without `USER`, the image runs as its base image says, and most say root. Who breaks out of a
//! process that runs as root is root outside, too, wherever a kernel or a runtime lets them.
//!
//! # Fix
//!
//! Set a user without rights in the last stage, best by number.
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
//! USER 10001
//! CMD ["/app"]
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! USER 10001
//! FROM base
//! ```
//!
//! ```dockerfile
//! FROM gcr.io/distroless/static:nonroot
//! ```

use crate::dockerfile::{Input, Kind, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF017",
    aliases: &["DS-0002", "DS002", "AVD-DS-0002", "docker-least-privilege-user", "least-privilege-user"],
    severity: Severity::High,
    file: include_str!("df017_no_user.rs"),
    check,
};

/// What images that do set a user call themselves.
const NAMES: [&str; 4] = ["nonroot", "non-root", "rootless", "unprivileged"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    let file = &input.file;
    let stages = file.final_line();
    let Some(last) = file.stages.last() else { return };
    let is_set = file.instructions.iter().any(|instruction| {
        matches!(instruction.kind, Kind::User(_))
            && instruction.stage.is_some_and(|stage| stages.contains(&stage))
    });
    let first = stages.last().and_then(|index| file.stages.get(*index));
    let is_set_in_base =
        first.is_some_and(|stage| NAMES.iter().any(|name| stage.image.contains(name)));
    if !is_set && !is_set_in_base {
        hits.at(image::lines(input, last), "no USER is set in the last stage");
    }
}
