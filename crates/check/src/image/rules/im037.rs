//! apt kept its lists
//!
//! `apt-get update` leaves the lists of all packages in `/var/lib/apt/lists`, some 40 MB, where
//! nothing uses them once the packages are installed.
//!
//! # Fix
//!
//! End the instruction with `&& rm -rf /var/lib/apt/lists/*`.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update; apt-get install -y curl; apt-get dist-clean
//! ```

use crate::image::history::Command;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM037",
    aliases: &["DKL-DI-0005"],
    severity: Severity::Low,
    file: include_str!("im037.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, run) in input.runs() {
        let is_cleaned = run.iter().any(|command| {
            let (program, words) = command.program();
            let removes = program == "rm" || program == "find";
            let lists = |word: &String| word.starts_with("/var/lib/apt") || word == "/var/lib";
            (removes && words.iter().any(lists))
                || command.is(&["apt-get", "apt"], &["dist-clean", "distclean"])
        });
        let installs = |command: &&Command| command.is(&["apt-get", "apt"], &["install"]);
        if let Some(install) = run.iter().find(installs).filter(|_| !is_cleaned) {
            hits.about(
                Part::History(at),
                format!("`{}` was run, and the lists were kept", install.summary()),
            );
        }
    }
}
