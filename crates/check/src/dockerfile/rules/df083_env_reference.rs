//! `ENV` uses a variable that the same `ENV` sets
//!
//! All of an `ENV` is replaced with the values from before it: the variable is empty there, or old.
//!
//! # Fix
//!
//! Set the variable in an `ENV` of its own before.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENV HOME=/app BIN=$HOME/bin
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENV HOME=/app
//! ENV BIN=$HOME/bin
//! ENV PATH=/x:$PATH
//! ```

use crate::dockerfile::{Input, Kind, word};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF083",
    aliases: &["DL3044"],
    severity: Severity::Medium,
    file: include_str!("df083_env_reference.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for instruction in input.file.each() {
        match &instruction.kind {
            Kind::Arg(arguments) => known.extend(arguments.iter().map(|a| a.name.as_str())),
            Kind::Env(env) => {
                // Where each name is set, and how often.
                let mut set: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
                for (index, pair) in env.pairs.iter().enumerate() {
                    let entry = set.entry(&pair.name).or_insert((index, 0));
                    entry.1 = entry.1.saturating_add(1);
                }
                for (index, pair) in env.pairs.iter().enumerate() {
                    for name in word::variables(&pair.raw) {
                        let Some((first, times)) = set.get(name.as_str()) else { continue };
                        let is_other = *times > 1 || *first != index;
                        if is_other && !known.contains(name.as_str()) {
                            let message = format!("`{name}` is set in this ENV, and not before");
                            hits.at(instruction.lines, message);
                        }
                    }
                }
                known.extend(env.pairs.iter().map(|pair| pair.name.as_str()));
            }
            _ => {}
        }
    }
}
