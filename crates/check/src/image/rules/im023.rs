//! A program that gives root is in the image
//!
//! `sudo` and `doas` are setuid, have had serious mistakes, and are made for people at a terminal.
//! A container has none.
//!
//! # Fix
//!
//! Do not install it. Switch users in the Dockerfile with `USER`, and in a script that starts as
//! root with `setpriv` or `su-exec`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/bin/sudo
//! ```
//!
//! ```text
//! ENTRY lrwxrwxrwx 0:0 /usr/bin/doas
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/bin/su
//! ```

use crate::image::input::ImageInput;
use crate::image::name::is_sudo;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM023",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im023.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.entries().filter(|entry| is_sudo(entry.path.as_str())) {
        hits.in_file(&entry.path, 0, format!("{} is in the image", entry.shown()));
    }
}
