//! There is more than one `HEALTHCHECK`
//!
//! Only the last `HEALTHCHECK` of a stage counts. An earlier one misleads whoever reads it.
//!
//! # Fix
//!
//! Remove all but the last.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! HEALTHCHECK CMD ["a"]
//! HEALTHCHECK CMD ["b"]
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! HEALTHCHECK CMD ["a"]
//! FROM debian:12
//! HEALTHCHECK CMD ["b"]
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF072",
    aliases: &["DL3012", "DS-0023", "DS023", "AVD-DS-0023", "docker-only-one-healthcheck", "only-one-healthcheck", "MultipleInstructionsDisallowed"],
    severity: Severity::Medium,
    file: include_str!("df072_healthchecks.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let all = section.instructions.iter().filter(|i| matches!(i.kind, Kind::Healthcheck(_)));
        for instruction in all.skip(1) {
            hits.at(instruction.lines, "another HEALTHCHECK stands before in this stage");
        }
    }
}
