//! The image is asked for by the tag latest
//!
//! `latest` is whatever was pushed last. Which image runs, and whether it is the one that was
//! scanned, depends on when it was pulled.
//!
//! # Fix
//!
//! Give every build a tag of its own, and ask for that, or for the digest.
//!
//! # Bad
//!
//! ```text
//! IMAGE registry.example/app:latest
//! ```
//!
//! ```text
//! IMAGE app
//! ```
//!
//! # Good
//!
//! ```text
//! IMAGE registry.example/app:1.2
//! ```
//!
//! ```text
//! IMAGE localhost:5000/app@sha256:0123
//! ```

use crate::image::input::ImageInput;
use crate::image::reference::{is_pinned, tag};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM021",
    aliases: &["DKL-DI-0006"],
    severity: Severity::Medium,
    file: include_str!("im021.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let reference = &input.reference;
    if reference.is_empty() || is_pinned(reference) {
        return;
    }
    match tag(reference) {
        None => hits.whole(format!("`{reference}` has no tag, which means latest")),
        Some("latest") => hits.whole(format!("`{reference}` has the tag latest")),
        Some(_) => {}
    }
}
