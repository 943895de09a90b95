//! The image has very many layers
//!
//! Each layer is pulled, unpacked and mounted by itself, and what one writes over of another is
//! pulled twice. Storage drivers give up at 127.
//!
//! # Fix
//!
//! Join instructions that belong together, and copy the result of a build out of a stage of its
//! own.
//!
//! # Bad
//!
//! ```text
//! LAYERS 90
//! ```
//!
//! # Good
//!
//! ```text
//! LAYERS 12
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM053",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im053.rs"),
    check,
};

/// Half of what storage drivers can stack, so that a derived image has room.
const LAYERS_MAX: usize = 63;

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    if input.layers > LAYERS_MAX {
        hits.whole(format!("the image has {} layers", input.layers));
    }
}
