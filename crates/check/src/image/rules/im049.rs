//! Others may change an account's home
//!
//! What lies in a home is run when its owner logs in or starts a program: settings of shells, keys
//! that may log in. Whoever may write there becomes the owner sooner or later.
//!
//! # Fix
//!
//! Give the home to its account alone: `chown NAME` and `chmod 0750`.
//!
//! # Bad
//!
//! ```text
//! ENTRY drwxrwxrwx 1000:1000 /home/app
//! ```
//!
//! ```text
//! ENTRY drwxr-xr-x 1000:1000 /root
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   app:x:1000:1000::/home/app:/bin/sh
//! ENTRY drwxr-xr-x 1001:1001 /home/app
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/passwd
//!   app:x:1000:1000::/home/app:/bin/sh
//! ENTRY drwxr-x--- 1000:1000 /home/app
//! ```
//!
//! ```text
//! ENTRY drwx------ 0:0 /root
//! ```

use crate::image::input::ImageInput;
use crate::image::name::is_home;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM049",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im049.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let owners: BTreeMap<&str, u32> =
        input.accounts().map(|(_, account)| (account.home.as_str(), account.uid)).collect();
    for entry in input.folders().filter(|folder| is_home(folder.path.as_str())) {
        let path = entry.shown();
        let owner = match entry.path.as_str() {
            "root" => Some(0),
            _ => owners.get(path.as_str()).copied().map(u64::from),
        };
        if entry.is_writable_by_all() {
            hits.in_file(&entry.path, 0, format!("{path} has the mode {}", entry.octal()));
        } else if owner.is_some_and(|owner| entry.uid != owner && entry.uid != 0) {
            hits.in_file(
                &entry.path,
                0,
                format!("{path} belongs to the user {}, who is another", entry.uid),
            );
        }
    }
}
