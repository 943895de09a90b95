//! `FROM` fixes the platform
//!
//! A platform written into the file wins over the one the build is asked for, so that the image is
//! for another machine than its manifest says, or is emulated there.
//!
//! # Fix
//!
//! Leave `--platform` to who builds, or set it to `$BUILDPLATFORM` in stages that only make things
//! for others.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM --platform=linux/amd64 debian:12
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ```
//!
//! ```dockerfile
//! FROM --platform=$BUILDPLATFORM golang:1.23 AS build
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF006",
    aliases: &["DL3029", "FromPlatformFlagConstDisallowed"],
    severity: Severity::Low,
    file: include_str!("df006_platform.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        let Some(platform) = instruction.flag("platform") else { continue };
        let is_asked_for = platform.contains("BUILDPLATFORM") || platform.contains("TARGETPLATFORM");
        if !platform.is_empty() && !is_asked_for {
            hits.at(instruction.lines, format!("the platform is fixed to `{platform}`"));
        }
    }
}
