//! A cache was deleted in a later layer only
//!
//! A layer cannot make the ones below it smaller. What one instruction downloads and another
//! deletes is pulled with the image all the same, and nobody sees it.
//!
//! # Fix
//!
//! Delete it in the same `RUN` that makes it, or mount a cache.
//!
//! # Bad
//!
//! ```text
//! DELETED -rw-r--r-- 0:0 /var/cache/apk/APKINDEX.066df28d.tar.gz
//! ```
//!
//! ```text
//! DELETED drwxr-xr-x 0:0 /root/.cache/pip
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /var/cache/apk/APKINDEX.066df28d.tar.gz
//! ```
//!
//! ```text
//! DELETED -rw-r--r-- 0:0 /var/lib/apt/lists/lock
//! ```

use super::about_first;
use crate::image::entry::EntryKind;
use crate::image::input::ImageInput;
use crate::image::name::{package_cache, tool_cache};
use crate::rule::{Hits, Rule};
use lazaret_core::location::ImagePath;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM028",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im028.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let mut found = BTreeMap::<&str, Vec<&ImagePath>>::new();
    for entry in input.entries.iter().filter(|entry| entry.deleted) {
        let path = entry.path.as_str();
        let cache = match entry.kind {
            EntryKind::File => package_cache(path),
            EntryKind::Folder => tool_cache(path),
            EntryKind::Symlink | EntryKind::Special => None,
        };
        if let Some(owner) = cache {
            found.entry(owner).or_default().push(&entry.path);
        }
    }
    for (owner, paths) in found {
        about_first(&paths, hits, |paths| {
            format!("the cache of {owner} is in a layer below: {paths}")
        });
    }
}
