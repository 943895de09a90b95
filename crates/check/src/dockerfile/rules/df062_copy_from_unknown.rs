//! `COPY --from` names no stage before it
//!
//! The builder takes the name for an image then, and fetches it from a registry: whoever owns that
//! name there says what is copied.
//!
//! # Fix
//!
//! Name a stage that stands before, or an image with its tag.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY --from=build /app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY --from=3 /app /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12 AS build
//! FROM debian:12
//! COPY --from=build /app /app
//! COPY --from=0 /app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY --from=busybox:1.36 /bin/sh /bin/sh
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF062",
    aliases: &["DL3022"],
    severity: Severity::Medium,
    file: include_str!("df062_copy_from_unknown.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, _) in input.file.transfers() {
        let Some(word) = instruction.flag("from").filter(|_| is_copy) else { continue };
        let stage = instruction.stage.unwrap_or(0);
        let is_image = word.contains([':', '@', '/', '$']);
        // That is another mistake, with a rule of its own.
        let own = instruction.stage.and_then(|stage| input.file.stages.get(stage));
        let is_own = own.is_some_and(|own| {
            word.parse() == Ok(stage)
                || own.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(word))
        });
        if !is_image && !is_own && input.file.stage_before(word, stage).is_none() {
            hits.at(instruction.lines, format!("there is no stage `{word}` before"));
        }
    }
}
