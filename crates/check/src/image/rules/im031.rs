//! Files of the build are in the image
//!
//! A repository's history, a Dockerfile, a shell's history or an editor's settings are of no use to
//! what runs, and tell whoever has the image how it was made, sometimes with secrets in what was
//! committed once.
//!
//! # Fix
//!
//! Name them in `.dockerignore`, or copy only what is needed.
//!
//! # Bad
//!
//! ```text
//! ENTRY drwxr-xr-x 0:0 /app/.git
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /app/Dockerfile
//! ```
//!
//! ```text
//! ENTRY -rw------- 0:0 /root/.bash_history
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /app/node_modules/x/Dockerfile
//! ```
//!
//! ```text
//! DELETED -rw-r--r-- 0:0 /app/Dockerfile
//! ```

use crate::image::entry::EntryKind;
use crate::image::input::ImageInput;
use crate::image::name::{is_clutter_file, is_clutter_folder};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM031",
    aliases: &["DKL-LI-0003"],
    severity: Severity::Low,
    file: include_str!("im031.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.entries() {
        let path = entry.path.as_str();
        let is_clutter = match entry.kind {
            EntryKind::File => is_clutter_file(path),
            EntryKind::Folder => is_clutter_folder(path),
            EntryKind::Symlink | EntryKind::Special => false,
        };
        if is_clutter {
            hits.in_file(&entry.path, 0, format!("{} is in the image", entry.shown()));
        }
    }
}
