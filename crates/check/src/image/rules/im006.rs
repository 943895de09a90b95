//! Everyone may write to a folder and delete what others put there
//!
//! Without the sticky bit, whoever may write to a folder may also remove and replace the files of
//! others in it.
//!
//! # Fix
//!
//! Give the folder to the account that writes to it: `chown app` and `chmod 0750`. A folder for
//! everyone needs the sticky bit, `chmod 1777`, as `/tmp` has it.
//!
//! # Bad
//!
//! ```text
//! ENTRY drwxrwxrwx 0:0 /app/uploads
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY drwxrwxrwt 0:0 /tmp
//! ```
//!
//! ```text
//! ENTRY drwxr-xr-x 10001:10001 /app/uploads
//! ```

use crate::image::entry::EntryFact;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM006",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im006.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let is_open = |entry: &&EntryFact| entry.is_writable_by_all() && !entry.is_sticky();
    for entry in input.folders().filter(is_open) {
        hits.in_file(&entry.path, 0, format!("{} has the mode {}", entry.shown(), entry.octal()));
    }
}
