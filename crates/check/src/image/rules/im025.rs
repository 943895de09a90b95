//! sudo asks for no password
//!
//! Whoever runs as that user, a process that was taken over included, is root without any further
//! step.
//!
//! # Fix
//!
//! Remove the rule, and sudo with it: see IM023.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/sudoers.d/ci
//!   ci ALL=(ALL) NOPASSWD: ALL
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/sudoers
//!   root ALL=(ALL:ALL) ALL
//!   %sudo ALL=(ALL:ALL) ALL
//!   # %wheel ALL=(ALL) NOPASSWD: ALL
//! ```
//!
//! ```text
//! FILE /etc/sudoers
//!   root ALL=(ALL) NOPASSWD: ALL
//! ```

use crate::image::file::{Learned, Sudoer};
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM025",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im025.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        if let Learned::Sudoer(Sudoer { who }) = learned
            && who != "root"
        {
            hits.in_file(&fact.path, fact.line, format!("`{who}` is not asked for a password"));
        }
    }
}
