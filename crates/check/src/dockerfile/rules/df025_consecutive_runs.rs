//! Commands that belong together are in several layers
//!
//! Every `RUN` makes a layer. What one adds and the next removes is still there.
//!
//! # Fix
//!
//! Join the commands with `&&`, or with a here-document.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make
//! RUN make install
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make && make install
//! ```

use crate::dockerfile::{Input, Instruction, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF025",
    aliases: &["DL3059"],
    severity: Severity::Low,
    file: include_str!("df025_consecutive_runs.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let mut before: Option<(&Instruction, usize)> = None;
    for instruction in &input.file.instructions {
        let Kind::Run(run) = &instruction.kind else {
            before = None;
            continue;
        };
        let commands = run.script.outer().filter(|command| command.name().is_some()).count();
        match before {
            Some((earlier, one)) if earlier.flags == instruction.flags && one <= 1 && commands <= 1 => {
                hits.at(instruction.lines, "another RUN of one command stands before");
            }
            _ => before = Some((instruction, commands)),
        }
    }
}
