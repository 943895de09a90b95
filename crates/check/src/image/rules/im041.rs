//! Keys that may log in are in the image
//!
//! Whoever has the private key to one of them can log in to every container of the image that runs
//! an SSH server, and nobody can take that back without a new image.
//!
//! # Fix
//!
//! Remove the file. Who must log in is named when the container starts.
//!
//! # Bad
//!
//! ```text
//! FILE /root/.ssh/authorized_keys
//!   ssh-ed25519 AAAA me@example.org
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /root/.ssh/authorized_keys
//!   # nobody
//! ```

use crate::image::file::Learned;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM041",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im041.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        if *learned == Learned::NotEmpty && fact.path.name() == "authorized_keys" {
            hits.in_file(&fact.path, fact.line, format!("{} lets somebody in", fact.shown()));
        }
    }
}
