//! Labels do not say where the image is from
//!
//! Without `org.opencontainers.image.source` and `.revision` nobody can find the commit an image
//! was built from, and so neither who can fix it nor what changed.
//!
//! # Fix
//!
//! Set both when building: `--label org.opencontainers.image.revision=$(git rev-parse HEAD)`.
//!
//! # Bad
//!
//! ```text
//! LABEL maintainer=me
//! ```
//!
//! ```text
//! LABEL org.opencontainers.image.source=https://example.org/app
//! ```
//!
//! # Good
//!
//! ```text
//! LABEL org.opencontainers.image.source=https://example.org/app
//! LABEL org.opencontainers.image.revision=0123
//! ```

use super::listed;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM048",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im048.rs"),
    check,
};

const WANTED: [&str; 2] = ["org.opencontainers.image.source", "org.opencontainers.image.revision"];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let is_missing = |label: &&str| input.config.labels.get(*label).is_none_or(String::is_empty);
    if let Some(labels) = listed(WANTED.iter().copied().filter(is_missing).map(str::to_owned)) {
        hits.whole(format!("labels are missing: {labels}"));
    }
}
