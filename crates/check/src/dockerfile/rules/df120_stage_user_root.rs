//! The last user of an earlier stage is root
//!
//! It is no user of the image, but of those that are built on the stage, in this file or by its name
//! (`--target`).
//!
//! # Fix
//!
//! Change back to another user once what needs root is done.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! USER root
//! FROM base
//! USER 10001
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS base
//! USER root
//! RUN make
//! USER 10001
//! FROM base
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF120",
    aliases: &["DL3002"],
    severity: Severity::Low,
    file: include_str!("df120_stage_user_root.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let last = input.file.stages.len().saturating_sub(1);
    for section in input.file.sections() {
        let is_last = section.stage.is_none_or(|(index, _)| index == last);
        if let Some((lines, user)) = super::last_root(&section).filter(|_| !is_last) {
            hits.at(lines, format!("the last USER of the stage is `{user}`"));
        }
    }
}
