//! A folder or program of the system does not belong to root
//!
//! What root runs, or loads into what it runs, must be for root alone to change. Whoever owns it
//! owns the container.
//!
//! # Fix
//!
//! `chown root:root` it. `COPY` without `--chown` gives files to root; archives that are unpacked
//! with `ADD` or `tar` as root keep the owners they have, so add `--no-same-owner`.
//!
//! # Bad
//!
//! ```text
//! ENTRY drwxr-xr-x 1000:1000 /usr/local/bin
//! ```
//!
//! ```text
//! ENTRY -rwxr-xr-x 1000:1000 /usr/bin/node
//! ```
//!
//! ```text
//! ENTRY drwxrwxrwx 0:0 /etc
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY drwxr-xr-x 0:0 /usr/local/bin
//! ```
//!
//! ```text
//! ENTRY drwxr-xr-x 1000:1000 /app/bin
//! ```

use super::about_first;
use crate::image::entry::EntryFact;
use crate::image::input::ImageInput;
use crate::image::name::{is_in_program_folder, is_system_folder};
use crate::rule::{Hits, Rule};
use lazaret_core::location::ImagePath;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM029",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im029.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.folders().filter(|folder| is_system_folder(folder.path.as_str())) {
        if entry.uid != 0 {
            let message = format!("{} belongs to the user {}", entry.shown(), entry.uid);
            hits.in_file(&entry.path, 0, message);
        } else if entry.is_writable_by_all() {
            hits.in_file(&entry.path, 0, format!("everyone may write to {}", entry.shown()));
        }
    }
    let is_foreign =
        |entry: &&EntryFact| entry.uid != 0 && is_in_program_folder(entry.path.as_str());
    let mut foreign = BTreeMap::<u64, Vec<&ImagePath>>::new();
    for entry in input.visible_files().filter(is_foreign) {
        foreign.entry(entry.uid).or_default().push(&entry.path);
    }
    for (user, paths) in foreign {
        about_first(&paths, hits, |paths| format!("programs belong to the user {user}: {paths}"));
    }
}
