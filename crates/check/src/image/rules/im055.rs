//! Programs are built without hardening
//!
//! Compilers make it harder to use a mistake: the program is loaded at another address each time
//! (PIE), its tables are read-only once it runs (RELRO), and functions notice when their stack
//! frame was overwritten (canary). It is good to know which programs have none of it.
//!
//! # Fix
//!
//! Compile with `-fPIE -fstack-protector-strong` and link with `-pie -z relro -z now`, which
//! distributions' compilers do by themselves; Go has `-buildmode=pie`.
//!
//! # Bad
//!
//! ```text
//! PROGRAM /usr/bin/tool no-pie
//! ```
//!
//! ```text
//! PROGRAM /usr/bin/tool no-relro
//! ```
//!
//! ```text
//! PROGRAM /usr/bin/tool no-canary
//! ```
//!
//! # Good
//!
//! ```text
//! PROGRAM /usr/bin/tool pie relro nx canary
//! ```
//!
//! ```text
//! PROGRAM /usr/bin/tool partial-relro
//! ```

use super::about_first;
use crate::image::input::ImageInput;
use crate::image::program::{Program, Relro};
use crate::rule::{Hits, Rule};
use lazaret_core::location::ImagePath;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM055",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im055.rs"),
    check,
};

type Lacks = fn(&Program) -> bool;

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lacks: [(&str, Lacks); 3] = [
        ("are always loaded at the same address (no PIE)", |program| !program.pie),
        ("have tables that stay writable (no RELRO)", |program| program.relro == Relro::None),
        ("do not check their stack frames (no canary)", |program| program.canary == Some(false)),
    ];
    for (what, is_lacking) in lacks {
        let found = input.programs().filter(|(_, program)| is_lacking(program));
        let found: Vec<&ImagePath> = found.map(|(fact, _)| &fact.path).collect();
        about_first(&found, hits, |paths| format!("programs {what}: {paths}"));
    }
}
