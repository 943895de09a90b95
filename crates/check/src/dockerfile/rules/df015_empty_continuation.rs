//! An instruction goes on after an empty line
//!
//! An empty line after a `\` is dropped for now; BuildKit warns that it is going to end the
//! instruction.
//!
//! # Fix
//!
//! Remove the empty line, or put a comment there.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make && \
//!
//!   make install
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make && \
//!   # and then
//!   make install
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::location::LineRange;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF015",
    aliases: &["NoEmptyContinuation"],
    severity: Severity::Low,
    file: include_str!("df015_empty_continuation.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for &line in &input.file.empty_continuations {
        hits.at(LineRange { start: line, end: line }, "an empty line within an instruction");
    }
}
