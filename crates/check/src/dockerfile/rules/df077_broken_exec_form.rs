//! An array is no JSON
//!
//! What looks like the exec form but is no JSON array of strings is run by a shell, brackets and
//! all.
//!
//! # Fix
//!
//! Use double quotes, and no comma after the last.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ['/app', '-v']
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["/app", "-v"]
//! RUN [ -e /app ] && [ -e /b ]
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF077",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df077_broken_exec_form.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, invocation) in input.file.invocations() {
        let text = invocation.text.trim();
        let is_meant = text.starts_with('[') && text.ends_with(']') && text.contains(',')
            || text.starts_with("['") && text.ends_with("']")
            || text.starts_with("[\"") && text.ends_with("\"]");
        // `[ a ]` is a test, and `[[ a ]]` too.
        if is_meant && !invocation.is_exec && !text.starts_with("[ ") && !text.starts_with("[[") {
            hits.at(instruction.lines, format!("`{text}` is not a JSON array of strings"));
        }
    }
}
