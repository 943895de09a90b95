//! Two stages have one name
//!
//! A name that stands for two stages stands for the wrong one somewhere. BuildKit refuses it; older
//! builders take the last.
//!
//! # Fix
//!
//! Give each stage a name of its own. Upper and lower case are the same.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12 AS build
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12 AS run
//! ```

use crate::dockerfile::{Input, image};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF008",
    aliases: &["DL3024", "DS-0012", "DS012", "AVD-DS-0012", "docker-no-duplicate-alias", "no-duplicate-alias", "DuplicateStageName"],
    severity: Severity::High,
    file: include_str!("df008_duplicate_stage.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let mut names = BTreeSet::new();
    for stage in &input.file.stages {
        let Some(name) = &stage.name else { continue };
        if !names.insert(name.to_ascii_lowercase()) {
            let message = format!("an earlier stage is called `{name}` already");
            hits.at(image::lines(input, stage), message);
        }
    }
}
