//! `ONBUILD` does what it cannot do
//!
//! `ONBUILD`, `FROM` and `MAINTAINER` are refused in an `ONBUILD`.
//!
//! # Fix
//!
//! Write the instruction into the file that builds on this one.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ONBUILD ONBUILD RUN make
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ONBUILD RUN make
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF079",
    aliases: &["DL3043"],
    severity: Severity::High,
    file: include_str!("df079_onbuild.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        let Kind::Onbuild(inner) = &instruction.kind else { continue };
        if matches!(inner.kind, Kind::Onbuild(_) | Kind::From { .. } | Kind::Maintainer(_)) {
            hits.at(instruction.lines, format!("`ONBUILD {}` is refused", inner.keyword));
        }
    }
}
