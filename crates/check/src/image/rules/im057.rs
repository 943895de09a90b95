//! A library is loaded into every program
//!
//! What `/etc/ld.so.preload` names is loaded into every program that is started, setuid ones
//! included. Rootkits live there; hardly anything else does.
//!
//! # Fix
//!
//! Find out who wrote it, and remove it. To load an allocator, set `LD_PRELOAD` for the one program
//! that needs it.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/ld.so.preload
//!   /usr/lib/libx.so
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/ld.so.preload
//!   # empty
//! ```

use crate::image::file::Learned;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM057",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im057.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        if *learned == Learned::NotEmpty && fact.path.as_str() == "etc/ld.so.preload" {
            hits.in_file(&fact.path, fact.line, "/etc/ld.so.preload names a library");
        }
    }
}
