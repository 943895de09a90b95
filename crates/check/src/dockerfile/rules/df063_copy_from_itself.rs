//! `COPY --from` names its own stage
//!
//! What is copied would have to be there already: the build fails.
//!
//! # Fix
//!
//! Name another stage, or use `RUN cp`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! COPY --from=build /a /b
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12
//! COPY --from=build /a /b
//! ```
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! RUN cp /a /b
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF063",
    aliases: &["DL3023", "DS-0006", "DS006", "AVD-DS-0006", "docker-no-self-referencing-copy-from", "no-self-referencing-copy-from"],
    severity: Severity::Critical,
    file: include_str!("df063_copy_from_itself.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, _) in input.file.transfers() {
        let Some(word) = instruction.flag("from").filter(|_| is_copy) else { continue };
        let Some(index) = instruction.stage else { continue };
        let name = input.file.stages.get(index).and_then(|stage| stage.name.as_deref());
        let is_own = name.is_some_and(|name| name.eq_ignore_ascii_case(word));
        if is_own || word.parse() == Ok(index) {
            hits.at(instruction.lines, format!("`{word}` is the stage itself"));
        }
    }
}
