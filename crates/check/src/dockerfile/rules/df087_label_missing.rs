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

use crate::dockerfile::{Input, Instruction, Kind, image};
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
    let schema = &input.settings.label_schema;
    if schema.is_empty() {
        return;
    }
    // What the stages have of the schema, each with what it has from the stage it starts from.
    let mut present: Vec<BTreeSet<&str>> = Vec::new();
    for stage in &file.stages {
        let inherited = stage.base.and_then(|base| present.get(base)).cloned();
        present.push(inherited.unwrap_or_default());
        let own = file.instructions.get(stage.from..stage.end).unwrap_or_default();
        for instruction in own.iter().map(Instruction::inner) {
            if let (Kind::Label(label), Some(labels)) = (&instruction.kind, present.last_mut()) {
                let names = label.pairs.iter().map(|pair| pair.name.as_str());
                labels.extend(names.filter(|name| schema.contains_key(*name)));
            }
        }
    }
    // A stage that is copied from need not say what it is.
    let copied: BTreeSet<usize> = file
        .each()
        .filter_map(|i| file.stage_before(i.flag("from")?, i.stage.unwrap_or(0)))
        .collect();
    for (index, (stage, labels)) in file.stages.iter().zip(&present).enumerate() {
        for name in schema.keys().filter(|name| !labels.contains(name.as_str())) {
            if !copied.contains(&index) {
                hits.at(image::lines(input, stage), format!("the label `{name}` is missing"));
            }
        }
    }
}
