//! `COPY` goes to a relative path, and no `WORKDIR` is set
//!
//! Where the files land is then up to the base image, and may change with it.
//!
//! # Fix
//!
//! Write the whole path, or set `WORKDIR` before.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY app app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! WORKDIR /app
//! COPY app app
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF064",
    aliases: &["DL3045"],
    severity: Severity::Low,
    file: include_str!("df064_relative_copy.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let mut is_set: BTreeMap<Option<usize>, bool> = BTreeMap::new();
    for instruction in input.file.each() {
        let stage = instruction.stage;
        match &instruction.kind {
            Kind::From { .. } => {
                let base = stage.and_then(|s| input.file.stages.get(s)).and_then(|s| s.base);
                let inherited = base.and_then(|base| is_set.get(&Some(base)).copied());
                is_set.insert(stage, inherited.unwrap_or(false));
            }
            Kind::Workdir(_) => {
                is_set.insert(stage, true);
            }
            Kind::Copy(transfer) if !is_set.get(&stage).copied().unwrap_or(false) => {
                let target = &transfer.target;
                let is_drive = target.chars().nth(1) == Some(':');
                if !target.starts_with(['/', '$', '\\']) && !is_drive {
                    hits.at(instruction.lines, format!("`{target}` is relative, to what is not said"));
                }
            }
            _ => {}
        }
    }
}
