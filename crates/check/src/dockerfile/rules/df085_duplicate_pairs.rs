//! A variable or label is set twice
//!
//! In one instruction only the last counts, and the first misleads. In one stage, the first has a
//! use only if something between uses it.
//!
//! # Fix
//!
//! Remove one.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENV A=1 A=2
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENV A=1
//! RUN make
//! ENV A=2
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ENV A=1 B=2
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF085",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("df085_duplicate_pairs.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else { continue };
        let mut names = BTreeSet::new();
        for pair in &pairs.pairs {
            if !names.insert(pair.name.as_str()) {
                hits.at(instruction.lines, format!("`{}` is set twice", pair.name));
            }
        }
    }
}
