//! Everyone may write to a file
//!
//! Whoever gets a foot into the container, as whatever user, can change what the file says, or what
//! it does when it is run.
//!
//! # Fix
//!
//! `chmod o-w` the file in the instruction that makes it; `COPY --chmod=0644` does it in one step.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw-rw-rw- 0:0 /etc/app/world.conf
//! ```
//!
//! ```text
//! ENTRY -rwxrwxrwx 1000:1000 /app/start.sh
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/app/world.conf
//! ```
//!
//! ```text
//! # the mode of a link means nothing
//! ENTRY lrwxrwxrwx 0:0 /bin/sh
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM005",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im005.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files().filter(|entry| entry.is_writable_by_all()) {
        hits.in_file(&entry.path, 0, format!("{} has the mode {}", entry.shown(), entry.octal()));
    }
}
