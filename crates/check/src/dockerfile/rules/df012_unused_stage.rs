//! A stage is never used
//!
//! BuildKit passes over a stage that nothing takes from, so that what it checks or builds is not
//! checked or built; other builders build it for nothing.
//!
//! # Fix
//!
//! Take from the stage, or remove it. A stage that is built by its name (`--target`) is meant so:
//! ignore the rule there.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! RUN make
//! FROM debian:12
//! COPY app /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! RUN make
//! FROM debian:12
//! COPY --from=build /app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS one
//! FROM one
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS one
//! FROM debian:12
//! RUN --mount=from=one,target=/x ls /x
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF012",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df012_unused_stage.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let file = &input.file;
    let mut used: BTreeSet<usize> = file.stages.iter().filter_map(|stage| stage.base).collect();
    used.extend(file.stages.len().checked_sub(1));
    for instruction in file.each() {
        let mounted = instruction.mounts().filter_map(|mount| mount.part(&["from"]));
        for word in instruction.flag("from").into_iter().chain(mounted) {
            if word.contains('$') {
                return;
            }
            used.extend(file.stage_before(word, instruction.stage.unwrap_or(0)));
        }
    }
    // Variables may stand for any stage before.
    let variable = file.stages.iter().rposition(|stage| stage.image.contains('$'));
    for (index, stage) in file.stages.iter().enumerate() {
        let is_maybe_base = variable.is_some_and(|variable| index <= variable);
        if !used.contains(&index) && !is_maybe_base {
            let name = stage.name.as_deref().unwrap_or(&stage.image);
            hits.at(image::lines(input, stage), format!("nothing takes from the stage `{name}`"));
        }
    }
}
