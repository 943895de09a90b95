//! A program has a stack that can be run
//!
//! Where the stack is code as well, a mistake that writes beyond a buffer is a way to run what was
//! written.
//!
//! # Fix
//!
//! Compile it again: assembler sources need `.section .note.GNU-stack,"",@progbits`, and the linker
//! `-z noexecstack`.
//!
//! # Bad
//!
//! ```text
//! PROGRAM /usr/bin/tool no-nx
//! ```
//!
//! # Good
//!
//! ```text
//! PROGRAM /usr/bin/tool nx no-pie
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM054",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im054.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, _) in input.programs().filter(|(_, program)| !program.nx) {
        hits.in_file(
            &fact.path,
            fact.line,
            format!("{} has a stack that can be run", fact.shown()),
        );
    }
}
