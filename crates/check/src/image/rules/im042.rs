//! Everyone may read the file of passwords
//!
//! Hashes of passwords are kept apart from the list of accounts so that nobody but root can try
//! passwords on them.
//!
//! # Fix
//!
//! `chmod 0640 /etc/shadow`, or `0600`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/shadow
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/gshadow
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r----- 0:42 /etc/shadow
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/passwd
//! ```

use crate::image::input::ImageInput;
use crate::image::name::is_secret_account_file;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM042",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im042.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files() {
        if is_secret_account_file(entry.path.as_str()) && entry.is_readable_by_all() {
            hits.in_file(
                &entry.path,
                0,
                format!("{} has the mode {}", entry.shown(), entry.octal()),
            );
        }
    }
}
