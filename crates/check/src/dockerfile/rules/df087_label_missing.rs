//! A required label is missing
//!
//! This rule says something only where the settings have a label schema; the examples here have
//! `maintainer`. Who finds the image cannot tell what the label would tell.
//!
//! # Fix
//!
//! Add the label.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL other="x"
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL maintainer="a"
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12
//! COPY --from=build /a /a
//! LABEL maintainer="a"
//! ```

use crate::dockerfile::{Input, image, label};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF087",
    aliases: &["DL3049"],
    severity: Severity::Low,
    file: include_str!("df087_label_missing.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let file = &input.file;
    let Some(last) = file.stages.last() else { return };
    let stages = file.final_line();
    let present: BTreeSet<&str> = label::labels(input)
        .filter(|(instruction, _)| instruction.stage.is_some_and(|s| stages.contains(&s)))
        .map(|(_, pair)| pair.name.as_str())
        .collect();
    for name in input.settings.label_schema.keys() {
        if !present.contains(name.as_str()) {
            hits.at(image::lines(input, last), format!("the label `{name}` is missing"));
        }
    }
}
