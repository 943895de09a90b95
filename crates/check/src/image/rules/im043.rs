//! Others than root may change the accounts
//!
//! Whoever may write to `/etc/passwd` can give themselves the number 0, or another account's
//! password.
//!
//! # Fix
//!
//! `chown root:root` and `chmod 0644` `/etc/passwd` and `/etc/group`. Images for OpenShift, which
//! make them writable for the group 0, no longer need to: the platform adds the account by itself.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw-rw-rw- 0:0 /etc/passwd
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 1000:0 /etc/group
//! ```
//!
//! ```text
//! ENTRY -rw-rw-r-- 0:0 /etc/passwd
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/passwd
//! ```
//!
//! ```text
//! ENTRY -rw-r----- 0:42 /etc/shadow
//! ```

use crate::image::input::ImageInput;
use crate::image::name::is_account_file;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM043",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im043.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files().filter(|entry| is_account_file(entry.path.as_str())) {
        // The group 0 counts here: containers are given it together with a number of their own.
        if entry.is_writable_by_others() || entry.mode & 0o020 != 0 {
            let (mode, uid, gid) = (entry.octal(), entry.uid, entry.gid);
            hits.in_file(
                &entry.path,
                0,
                format!("{} has the mode {mode} and the owner {uid}:{gid}", entry.shown()),
            );
        }
    }
}
