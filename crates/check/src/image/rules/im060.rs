//! Everyone was allowed to write
//!
//! `chmod 777` is what remains of an error message about permissions. It gives every user, the one
//! an attacker becomes included, the right to change the file.
//!
//! # Fix
//!
//! Give the file to the account that needs it, with `COPY --chown`, and the mode it needs.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c chmod -R 777 /app # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c chmod a+rwx /app
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c chmod 755 /app # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c chmod 1777 /tmp && chmod +x /app
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM060",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im060.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, command) in input.commands() {
        let (program, words) = command.program();
        if program == "chmod" && words.iter().any(|word| is_open(word)) {
            hits.about(Part::History(at), format!("`{}` was run", command.summary()));
        }
    }
}

/// Whether a mode lets everyone write, without the sticky bit.
fn is_open(mode: &str) -> bool {
    let symbolic = mode.split_once('+').or_else(|| mode.split_once('='));
    if let Some((who, what)) = symbolic {
        let is_mode = what.bytes().all(|byte| b"rwxXst".contains(&byte));
        return is_mode && (who.contains('o') || who.contains('a')) && what.contains('w');
    }
    matches!(mode, "777" | "0777" | "666" | "0666" | "776" | "0776" | "767" | "0767")
}
