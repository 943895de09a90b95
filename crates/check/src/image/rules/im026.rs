//! A package manager's cache is in the image
//!
//! Lists and packages that were downloaded to install something are of no use once it is installed.
//! They make the image larger, and the next `install` in a derived image works from lists that are
//! out of date.
//!
//! # Fix
//!
//! Remove it in the instruction that made it: `rm -rf /var/lib/apt/lists/*`, `apk add --no-cache`,
//! `dnf clean all`, or mount a cache with `RUN --mount=type=cache`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /var/cache/apk/APKINDEX.066df28d.tar.gz
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r----- 0:0 /var/lib/apt/lists/lock
//! ```
//!
//! ```text
//! DELETED -rw-r--r-- 0:0 /var/cache/apk/APKINDEX.066df28d.tar.gz
//! ```

use super::about_first;
use crate::image::input::ImageInput;
use crate::image::name::package_cache;
use crate::rule::{Hits, Rule};
use lazaret_core::location::ImagePath;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM026",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im026.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let mut found = BTreeMap::<&str, Vec<&ImagePath>>::new();
    for entry in input.visible_files() {
        if let Some(manager) = package_cache(entry.path.as_str()) {
            found.entry(manager).or_default().push(&entry.path);
        }
    }
    for (manager, paths) in found {
        about_first(&paths, hits, |paths| {
            format!("the cache of {manager} is in the image: {paths}")
        });
    }
}
