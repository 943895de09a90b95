//! The image is more than a year old
//!
//! What is in it has not been updated since. Findings of a scan name what is known by now, but not
//! what a maintainer has changed in the meantime.
//!
//! # Fix
//!
//! Build it again, on a newer base image.
//!
//! # Bad
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 2024-01-02T03:04:05Z
//! ```
//!
//! # Good
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 2025-12-02T03:04:05Z
//! ```
//!
//! ```text
//! # reproducible builds have no date
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 1970-01-01T00:00:00Z
//! ```
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 0001-01-01T00:00:00Z
//! ```
//!
//! ```text
//! CREATED 2024-01-02T03:04:05Z
//! ```

use crate::image::input::ImageInput;
use crate::image::moment::moment;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use time::Duration;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM052",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im052.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let Some(created) = &input.config.created else { return };
    let Some(today) = input.today.as_deref().and_then(moment) else { return };
    let Some(made) = moment(created) else { return };
    // Builds that are reproducible write a date on which nothing was built: the epoch, the year 1,
    // or 1980, the first that ZIP has.
    if made.year() > 1980 && today - made > Duration::days(365) {
        hits.whole(format!("the image was made at {created}"));
    }
}
