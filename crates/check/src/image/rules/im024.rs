//! sudo was used to build the image
//!
//! Commands of a build are root already, or the user that `USER` names. `sudo` in one hides which,
//! keeps the program in the image, and behaves differently without a terminal.
//!
//! # Fix
//!
//! Write `USER root` before the commands that need it, and the user of the image after them.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c sudo apt-get update # buildkit
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get install -y sudo
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM024",
    aliases: &["DKL-DI-0001", "DS-0010", "AVD-DS-0010", "DS010"],
    severity: Severity::Medium,
    file: include_str!("im024.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, command) in input.commands() {
        if command.words.first().is_some_and(|first| first == "sudo" || first.ends_with("/sudo")) {
            hits.about(Part::History(at), format!("`{}` was run with sudo", command.program().0));
        }
    }
}
