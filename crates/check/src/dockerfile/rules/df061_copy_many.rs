//! Several files are copied to what need not be a folder
//!
//! With more than one source the destination must be a folder, and end with `/` to say so: the
//! build fails otherwise.
//!
//! # Fix
//!
//! End the destination with `/`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY a b /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! COPY a b /app/
//! ```

use crate::dockerfile::{Input, Transfer};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF061",
    aliases: &["DL3021", "DS-0011", "DS011", "AVD-DS-0011", "docker-use-slash-for-copy-args", "use-slash-for-copy-args"],
    severity: Severity::High,
    file: include_str!("df061_copy_many.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, transfer) in input.file.transfers() {
        let Transfer { sources, target, documents } = transfer;
        // What the history of an image says of a `COPY` of older builders: `file:… in /target`.
        let is_history = sources.get(1).is_some_and(|word| word == "in")
            && sources.first().is_some_and(|word| word.contains(':'));
        let is_folder = target.ends_with(['/', '\\', '}']) || target.starts_with('$');
        if is_copy && !is_history && !is_folder && sources.len().saturating_add(*documents) > 1 {
            hits.at(instruction.lines, format!("`{target}` does not end with `/`"));
        }
    }
}
