//! Others than root may change what cron runs
//!
//! Cron runs these files as root, or as whom they say. Whoever may write to them, or to their
//! folder, decides what root runs next.
//!
//! # Fix
//!
//! `chown root:root` and `chmod go-w` the files and their folder.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwxrwxrwx 0:0 /etc/cron.daily/backup
//! ```
//!
//! ```text
//! ENTRY drwxrwxrwx 0:0 /etc/cron.d
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 1000:1000 /etc/crontab
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /etc/cron.daily/backup
//! ```
//!
//! ```text
//! ENTRY drwx-wx--T 0:102 /var/spool/cron/crontabs
//! ```
//!
//! ```text
//! ENTRY -rw------- 1000:102 /var/spool/cron/crontabs/app
//! ```

use crate::image::entry::EntryKind;
use crate::image::input::ImageInput;
use crate::image::name::{is_cron, is_cron_folder};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM045",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im045.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.entries() {
        let path = entry.path.as_str();
        let is_job = match entry.kind {
            // What is in the spool is the crontab of the user it is named after.
            EntryKind::File => is_cron(path) && !path.starts_with("var/spool/"),
            EntryKind::Folder => is_cron_folder(path),
            EntryKind::Symlink | EntryKind::Special => false,
        };
        let is_shared = entry.is_sticky() && !entry.is_writable_by_all();
        if is_job && !is_shared && entry.is_writable_by_others() {
            let (mode, uid, gid) = (entry.octal(), entry.uid, entry.gid);
            hits.in_file(
                &entry.path,
                0,
                format!("{} has the mode {mode} and the owner {uid}:{gid}", entry.shown()),
            );
        }
    }
}
