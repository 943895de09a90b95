//! The image is asked for without its digest
//!
//! A tag can be moved to another image by whoever may push. A digest, or a signature over it, says
//! that what runs is what was looked at (CIS Docker Benchmark 4.5).
//!
//! # Fix
//!
//! Deploy by digest, `app:1.2@sha256:…`, and verify the signature before.
//!
//! # Bad
//!
//! ```text
//! IMAGE registry.example/app:1.2
//! ```
//!
//! # Good
//!
//! ```text
//! IMAGE registry.example/app:1.2@sha256:0123
//! ```

use crate::image::input::ImageInput;
use crate::image::reference::is_pinned;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM022",
    aliases: &["CIS-DI-0005"],
    severity: Severity::Low,
    file: include_str!("im022.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    if !input.reference.is_empty() && !is_pinned(&input.reference) {
        hits.whole(format!("`{}` is not pinned by a digest", input.reference));
    }
}
