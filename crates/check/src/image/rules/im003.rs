//! Programs run as somebody else than who starts them
//!
//! A program that is setuid or setgid has the rights of its owner, whoever starts it. A mistake in
//! one makes an ordinary account root. Few images need any (CIS Docker Benchmark 4.8).
//!
//! # Fix
//!
//! Take the bits away: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`, and run with
//! `no-new-privileges`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/bin/passwd
//! ```
//!
//! ```text
//! ENTRY -rwxr-sr-x 0:42 /usr/sbin/unix_chkpwd
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /usr/bin/passwd
//! ```
//!
//! ```text
//! # folders hand down their group
//! ENTRY drwxrwsr-x 0:50 /usr/local/lib
//! ```

use crate::image::entry::EntryFact;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM003",
    aliases: &["CIS-DI-0008"],
    severity: Severity::Low,
    file: include_str!("im003.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files().filter(|entry| entry.is_set_id()) {
        let what = if entry.is_setuid() { "setuid" } else { "setgid" };
        let EntryFact { uid, gid, .. } = entry;
        let path = entry.shown();
        hits.in_file(
            &entry.path,
            0,
            format!("{path} is {what}, mode {}, owner {uid}:{gid}", entry.octal()),
        );
    }
}
