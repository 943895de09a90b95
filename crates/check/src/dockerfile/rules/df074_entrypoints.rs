//! There is more than one `ENTRYPOINT`
//!
//! Only the last `ENTRYPOINT` of a stage counts. An earlier one misleads whoever reads it.
//!
//! # Fix
//!
//! Remove all but the last.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT ["a"]
//! ENTRYPOINT ["b"]
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ENTRYPOINT ["a"]
//! FROM debian:12
//! ENTRYPOINT ["b"]
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF074",
    aliases: &["DL4004", "DS-0007", "DS007", "AVD-DS-0007", "docker-only-one-entrypoint", "only-one-entrypoint", "MultipleInstructionsDisallowed"],
    severity: Severity::High,
    file: include_str!("df074_entrypoints.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let all = section.instructions.iter().filter(|i| matches!(i.kind, Kind::Entrypoint(_)));
        for instruction in all.skip(1) {
            hits.at(instruction.lines, "another ENTRYPOINT stands before in this stage");
        }
    }
}
