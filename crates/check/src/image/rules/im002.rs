//! The user of the image is a name and not a number
//!
//! Kubernetes can hold a container to `runAsNonRoot` only when the user is a number: what a name
//! means is in a file of the image, which nobody has read before it starts.
//!
//! # Fix
//!
//! Write the number of the account: `USER 10001`.
//!
//! # Bad
//!
//! ```text
//! USER app
//! ```
//!
//! ```text
//! USER app:app
//! ```
//!
//! # Good
//!
//! ```text
//! USER 10001
//! ```
//!
//! ```text
//! USER 10001:10001
//! ```
//!
//! ```text
//! # IM001 tells of this
//! USER root
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM002",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im002.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let user = input.config.user.as_deref().unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default().trim();
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && name != "root" {
        hits.setting(None, input.last("USER"), format!("the user is the name `{name}`"));
    }
}
