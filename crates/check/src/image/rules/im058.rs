//! A device or a pipe is in the image
//!
//! The engine makes the devices a container may use. One that an image brings along may be a disk
//! of the host, and works wherever the container may use devices.
//!
//! # Fix
//!
//! Leave it out of the archive the image is made from.
//!
//! # Bad
//!
//! ```text
//! ENTRY brw-rw---- 0:6 /opt/disk
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY crw-rw-rw- 0:0 /dev/null
//! ```

use crate::image::entry::{EntryFact, EntryKind};
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM058",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im058.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    // The engine lays its own folder over `/dev`.
    let is_stray =
        |entry: &&EntryFact| entry.kind == EntryKind::Special && !entry.path.is_inside("dev");
    for entry in input.entries().filter(is_stray) {
        hits.in_file(&entry.path, 0, format!("{} is a device, a pipe or a socket", entry.shown()));
    }
}
