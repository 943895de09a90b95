//! A build tool's cache is in the image
//!
//! What a build tool downloaded or compiled on the way is in the image for nothing. It makes it
//! larger, and scanners find packages in it that nothing uses.
//!
//! # Fix
//!
//! Mount the cache while building, `RUN --mount=type=cache,target=/root/.cache/pip`, turn it off
//! (`pip install --no-cache-dir`), or build in a stage of its own.
//!
//! # Bad
//!
//! ```text
//! ENTRY drwxr-xr-x 0:0 /root/.cache/pip
//! ```
//!
//! ```text
//! ENTRY drwxr-xr-x 0:0 /root/.npm/_cacache
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY drwxr-xr-x 0:0 /app/node_modules
//! ```
//!
//! ```text
//! DELETED drwxr-xr-x 0:0 /root/.cache/pip
//! ```

use crate::image::input::ImageInput;
use crate::image::name::tool_cache;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM027",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im027.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.folders() {
        if let Some(tool) = tool_cache(entry.path.as_str()) {
            hits.in_file(
                &entry.path,
                0,
                format!("the cache of {tool} is in the image: {}", entry.shown()),
            );
        }
    }
}
