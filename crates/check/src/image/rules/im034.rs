//! The distribution was upgraded as a whole
//!
//! `dist-upgrade` adds and removes packages as it likes, so that what is in the image depends on
//! the day. A newer base image brings the same fixes, for every layer above it.
//!
//! # Fix
//!
//! Rebuild on a newer base image, and upgrade single packages by name where it lags behind.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get -y dist-upgrade # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt full-upgrade -y
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get install -y curl
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM034",
    aliases: &["DKL-DI-0003", "DS-0024", "AVD-DS-0024", "DS024"],
    severity: Severity::Low,
    file: include_str!("im034.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, command) in input.commands() {
        let verbs = ["dist-upgrade", "full-upgrade"];
        let is_upgrade = command.is(&["apt-get", "apt", "aptitude"], &verbs);
        if is_upgrade || command.is(&["zypper"], &["dup", "dist-upgrade"]) {
            hits.about(Part::History(at), format!("`{}` was run", command.summary()));
        }
    }
}
