//! There is more than one `CMD`
//!
//! Only the last `CMD` of a stage counts. An earlier one misleads whoever reads it.
//!
//! # Fix
//!
//! Remove all but the last.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["a"]
//! CMD ["b"]
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["a"]
//! FROM debian:12
//! CMD ["b"]
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF073",
    aliases: &["DL4003", "DS-0016", "DS016", "AVD-DS-0016", "docker-only-one-cmd", "only-one-cmd", "MultipleInstructionsDisallowed"],
    severity: Severity::Medium,
    file: include_str!("df073_cmds.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let all = section.instructions.iter().filter(|i| matches!(i.kind, Kind::Cmd(_)));
        for instruction in all.skip(1) {
            hits.at(instruction.lines, "another CMD stands before in this stage");
        }
    }
}
