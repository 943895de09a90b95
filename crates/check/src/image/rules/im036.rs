//! apk kept its lists
//!
//! Without `--no-cache`, `apk add` leaves the lists of all packages in the image, where nothing
//! uses them.
//!
//! # Fix
//!
//! Write `apk add --no-cache`.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c apk add curl # buildkit
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apk add --no-cache curl # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c apk add curl && rm -rf /var/cache/apk/*
//! ```

use crate::image::history::Command;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM036",
    aliases: &["DKL-DI-0004", "DS-0025", "AVD-DS-0025", "DS025"],
    severity: Severity::Low,
    file: include_str!("im036.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, run) in input.runs() {
        let is_cleaned = run.iter().any(|command| {
            let (program, words) = command.program();
            program == "rm" && words.iter().any(|word| word.starts_with("/var/cache/apk"))
        });
        let keeps = |command: &&Command| {
            command.is(&["apk"], &["add"]) && !command.is(&["apk"], &["--no-cache"])
        };
        if let Some(add) = run.iter().find(keeps).filter(|_| !is_cleaned) {
            hits.about(Part::History(at), format!("`{}` was run", add.summary()));
        }
    }
}
