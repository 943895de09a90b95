//! The image says it was made in the future
//!
//! A builder with a wrong clock makes certificates and packages look newer or older than they are,
//! and sorts this image before those that are newer.
//!
//! # Fix
//!
//! Set the clock of the builder, or the time of the build with `SOURCE_DATE_EPOCH`.
//!
//! # Bad
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 2027-01-02T03:04:05Z
//! ```
//!
//! # Good
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 2026-01-02T03:04:05Z
//! ```
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 2026-02-03T09:00:00Z
//! ```
//!
//! ```text
//! CREATED 2127-01-02T03:04:05Z
//! ```
//!
//! ```text
//! TODAY 2026-02-03T00:00:00Z
//! CREATED 1970-01-01T00:00:00Z
//! ```

use crate::image::input::ImageInput;
use crate::image::moment::moment;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use time::Duration;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM051",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im051.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let Some(created) = &input.config.created else { return };
    let Some(today) = input.today.as_deref().and_then(moment) else { return };
    // Clocks and the day of a database may be a little apart.
    if moment(created).is_some_and(|made| made - today > Duration::days(2)) {
        hits.whole(format!("the image says it was made at {created}"));
    }
}
