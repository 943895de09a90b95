//! Both `wget` and `curl` are used
//!
//! They do the same: one of them is one more program to install and to keep up to date.
//!
//! # Fix
//!
//! Use one of them.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget -q https://example.com/x
//! RUN curl -O https://example.com/y
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -O https://example.com/x && curl -O https://example.com/y
//! ```

use crate::dockerfile::{Command, Input, Instruction, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF106",
    aliases: &["DL4001", "DS-0014", "DS014", "AVD-DS-0014", "docker-standardise-remote-get", "standardise-remote-get"],
    severity: Severity::Low,
    file: include_str!("df106_wget_and_curl.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let mut used = BTreeSet::new();
        for instruction in section.instructions.iter().map(Instruction::inner) {
            let Kind::Run(run) = &instruction.kind else { continue };
            let here: BTreeSet<&str> = run
                .script
                .commands
                .iter()
                .filter_map(Command::program)
                .filter(|program| matches!(*program, "curl" | "wget"))
                .collect();
            used.extend(here.iter().copied());
            if !here.is_empty() && used.len() > 1 {
                hits.at(instruction.lines, "both `wget` and `curl` are used");
            }
        }
    }
}
