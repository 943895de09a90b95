//! An instruction stands before `FROM`
//!
//! There is no image yet that it could be about. Only `ARG` may stand before the first `FROM`.
//!
//! # Fix
//!
//! Begin with `FROM`.
//!
//! # Bad
//!
//! ```dockerfile
//! LABEL a="b"
//! FROM debian:12
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! ARG VERSION=12
//! FROM debian:${VERSION}
//! LABEL a="b"
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF013",
    aliases: &["DL3061"],
    severity: Severity::High,
    file: include_str!("df013_before_from.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let first = input.file.stages.first().map_or(usize::MAX, |stage| stage.from);
    for instruction in input.file.instructions.iter().take(first) {
        if !matches!(instruction.kind, Kind::Arg(_)) {
            let message = format!("`{}` stands before the first FROM", instruction.keyword);
            hits.at(instruction.lines, message);
        }
    }
}
