//! A folder of the system is a volume
//!
//! A volume over `/proc`, `/sys`, `/dev`, `/etc` or the like hides what the system needs there,
//! keeps it from being updated with the image, and suggests to mount the host's own.
//!
//! # Fix
//!
//! Make a folder of the program's own the volume: `VOLUME /data`.
//!
//! # Bad
//!
//! ```text
//! VOLUME /proc
//! ```
//!
//! ```text
//! VOLUME /etc/
//! ```
//!
//! ```text
//! VOLUME /
//! ```
//!
//! # Good
//!
//! ```text
//! VOLUME /data
//! ```
//!
//! ```text
//! VOLUME /var/lib/postgresql/data
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM047",
    aliases: &["DKL-DI-0002", "DS-0030", "AVD-DS-0030"],
    severity: Severity::Medium,
    file: include_str!("im047.rs"),
    check,
};

const FOLDERS: [&str; 15] = [
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys",
    "/usr", "/usr/bin", "/usr/lib", "/var/run",
];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("VOLUME");
    for volume in &input.config.volumes {
        let folder = volume.trim_end_matches('/');
        if FOLDERS.contains(&folder) || (folder.is_empty() && !volume.is_empty()) {
            hits.setting(
                None,
                lines.get(volume.as_str()).copied(),
                format!("`{volume}` is a volume"),
            );
        }
    }
}
